// Imported where YAML is met, and nowhere else: JSON needs none of it.
import { parseAllDocuments, stringify } from 'yaml';

/**
 * The values in a text of YAML, one for each document.
 *
 * @throws Error where it is none, or where aliases multiply it
 */
export function parseYaml(text: string): unknown[] {
  // As kubectl reads it: "<<" takes in another map, and of a key that is there twice the last counts.
  const documents = parseAllDocuments(text, { logLevel: 'error', merge: true, uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  });
}

/** A value as YAML, by whichever of its versions it is read: kubectl takes a bare "no", "y" or "off" for a boolean. */
export function formatYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}
