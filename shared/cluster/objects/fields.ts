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

/** Labels or annotations: those that are texts. */
export interface Texts {
  get(name: string): string | undefined;
  names(): string[];
}

/** Where an object stands in the one that is read: for messages, so it is put into words only when there is one. */
interface Place {
  readonly outer: Place | null;
  readonly key: string;
}

/**
 * Reads the fields of an object of the cluster. What is missing is null or empty; what is of another type is too, and reported.
 */
export class Fields {
  /** What warnings call the object: `node/a`. */
  readonly subject: string;
  readonly #value: JsonObject;
  readonly #place: Place | null;
  readonly #report: FieldReport;

  constructor(value: JsonObject, subject: string, report: FieldReport, place: Place | null = null) {
    this.subject = subject;
    this.#value = value;
    this.#place = place;
    this.#report = report;
  }

  /** The same fields, whose problems somebody else is told of. */
  reporting(report: FieldReport): Fields {
    return new Fields(this.#value, this.subject, report, this.#place);
  }

  /** An object inside; an empty one where there is none. */
  object(key: string): Fields {
    return this.#inside(this.#objectOrNull(key) ?? {}, key);
  }

  /** Whether the field is there, and not null. */
  has(key: string): boolean {
    return this.#get(key) !== null;
  }

  /** The names of all fields. */
  names(): string[] {
    return Object.keys(this.#value);
  }

  text(key: string): string | null {
    const value = this.#get(key);
    if (value === null || typeof value === 'string') return value;
    return this.#wrong(key, 'text', null);
  }

  boolean(key: string): boolean | null {
    const value = this.#get(key);
    if (value === null || typeof value === 'boolean') return value;
    return this.#wrong(key, 'true or false', null);
  }

  /** A whole number. */
  integer(key: string): number | null {
    const value = this.#get(key);
    if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
    return this.#wrong(key, 'a whole number', null);
  }

  /** A list of texts; members that are none are left out. */
  texts(key: string): string[] {
    const list = this.#list(key);
    const texts = list.filter((item) => typeof item === 'string');
    if (texts.length < list.length) this.#wrong(key, 'a list of texts', null);
    return texts;
  }

  /** A list of objects; members that are none are left out. */
  objects(key: string): Fields[] {
    const list = this.#list(key);
    const objects = list.filter(isObject);
    if (objects.length < list.length) this.#wrong(key, 'a list of objects', null);
    return objects.map((value) => this.#inside(value, key));
  }

  /** Labels or annotations: an object of texts; members that are none are left out. */
  texted(key: string): Texts {
    const value = this.#objectOrNull(key) ?? {};
    for (const name of Object.keys(value))
      if (typeof value[name] !== 'string') this.#wrong(`${key}.${name}`, 'text', null);
    const get = (name: string): string | undefined => {
      const text = Object.hasOwn(value, name) ? value[name] : undefined;
      return typeof text === 'string' ? text : undefined;
    };
    return { get, names: () => Object.keys(value).filter((name) => get(name) !== undefined) };
  }

  #inside(value: JsonObject, key: string): Fields {
    return new Fields(value, this.subject, this.#report, { outer: this.#place, key });
  }

  #objectOrNull(key: string): JsonObject | null {
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
    const path = [key];
    for (let place = this.#place; place !== null; place = place.outer) path.unshift(place.key);
    this.#report(path.join('.'), wanted);
    return instead;
  }
}
