/** Fields of JSON that other programs print: unknown ones are ignored, and none is trusted to be there or of its type. */

/** An object, of whose fields nothing is known. */
export type JsonObject = Record<string, unknown>;

/** The objects that have a field, of all arrays in an output. */
export function objectsOf(json: string, field: string): JsonObject[] {
  return json
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line): unknown => JSON.parse(line))
    .filter(isObject)
    .filter((object) => field in object);
}

/** Whether a value is an object, and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or a number as text; null where it is neither. */
export function text(object: JsonObject, key: string): string | null {
  const value = object[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : null;
}

/** A number; null where it is none. */
export function number(object: JsonObject, key: string): number | null {
  const value = object[key];
  return typeof value === 'number' ? value : null;
}

/** An array; empty where it is none. */
export function list(object: JsonObject, key: string): unknown[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}
