import { clusterWarning } from '../warnings/catalogue.ts';
import type { Report } from '../warnings/catalogue.ts';

/** Told of a field of another type than the API has it: its path, and what it should be. */
export type FieldReport = (path: string, wanted: string) => void;

/** A JSON object whose members can be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reports each malformed field of an object as a warning. */
export function asWarnings(subject: string, report: Report): FieldReport {
  return (path, wanted) => report(clusterWarning('field-malformed', subject, path, wanted));
}

/** Whether a value is an object, and not a list or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the fields of an object of the cluster. What is missing is null or empty; what is of another type is too, and reported.
 */
export class Fields {
  /** What warnings call the object: `node/a`. */
  readonly subject: string;
  readonly #value: JsonObject;
  readonly #path: string;
  readonly #report: FieldReport;

  constructor(value: JsonObject, subject: string, report: FieldReport, path = '') {
    this.subject = subject;
    this.#value = value;
    this.#path = path;
    this.#report = report;
  }

  /** The same fields, whose problems somebody else is told of. */
  reporting(report: FieldReport): Fields {
    return new Fields(this.#value, this.subject, report, this.#path);
  }

  /** An object inside; an empty one where there is none. */
  object(key: string): Fields {
    return new Fields(this.objectOrNull(key) ?? {}, this.subject, this.#report, `${this.#path}${key}.`);
  }

  /** Whether the field is there, and not null. */
  has(key: string): boolean {
    return this.#get(key) !== null;
  }

  text(key: string): string | null {
    const value = this.#get(key);
    if (value === null || typeof value === 'string') return value;
    return this.#wrong(key, 'text', null);
  }

  /** A whole number. */
  integer(key: string): number | null {
    const value = this.#get(key);
    if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
    return this.#wrong(key, 'a whole number', null);
  }

  /** A list of texts; members that are none are left out. */
  texts(key: string): string[] {
    const texts = this.#list(key).filter((item) => typeof item === 'string');
    if (texts.length < this.#list(key).length) this.#wrong(key, 'a list of texts', null);
    return texts;
  }

  /** A list of objects; members that are none are left out. */
  objects(key: string): Fields[] {
    const list = this.#list(key);
    const objects = list.filter(isObject);
    if (objects.length < list.length) this.#wrong(key, 'a list of objects', null);
    return objects.map(
      (value, index) => new Fields(value, this.subject, this.#report, `${this.#path}${key}[${index}].`),
    );
  }

  /** Labels or annotations: an object of texts; members that are none are left out. */
  texted(key: string): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(this.objectOrNull(key) ?? {})) {
      if (typeof value === 'string') texts.set(name, value);
      else this.#wrong(`${key}.${name}`, 'text', null);
    }
    return texts;
  }

  /** An object inside as it is; null where there is none. */
  objectOrNull(key: string): JsonObject | null {
    const value = this.#get(key);
    if (value === null || isObject(value)) return value;
    return this.#wrong(key, 'an object', null);
  }

  #list(key: string): readonly unknown[] {
    const value = this.#get(key);
    if (value === null) return [];
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#wrong(key, 'a list', []);
  }

  #get(key: string): unknown {
    return (Object.hasOwn(this.#value, key) ? this.#value[key] : null) ?? null;
  }

  #wrong<T>(key: string, wanted: string, instead: T): T {
    this.#report(`${this.#path}${key}`, wanted);
    return instead;
  }
}
