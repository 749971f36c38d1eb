import { clusterWarning } from '../warnings/catalogue.ts';
import type { Report } from '../warnings/catalogue.ts';
import { asWarnings, Fields, isObject } from './fields.ts';

/** An object of the cluster that has a name. */
export interface NamedObject {
  readonly name: string;
  /** Empty for what is in no namespace. */
  readonly namespace: string;
  readonly metadata: Fields;
  readonly fields: Fields;
}

/**
 * The objects of a list that have a name, each name once. What is no object, has no name, or has that of one before is reported and
 * left out.
 *
 * @param kind what warnings call one of them: `node`
 */
export function namedObjects(items: readonly unknown[], kind: string, report: Report): NamedObject[] {
  const named = new Map<string, NamedObject>();
  for (const [index, item] of items.entries()) {
    const at = `${kind}/#${index + 1}`;
    const metadata = isObject(item) && isObject(item['metadata']) ? item['metadata'] : {};
    const name = metadata['name'];
    if (!isObject(item) || typeof name !== 'string' || name === '') {
      report(clusterWarning('object-nameless', at));
      continue;
    }
    const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : '';
    const key = `${namespace}/${name}`;
    const subject = `${kind}/${name}`;
    if (named.has(key)) {
      report(clusterWarning('object-repeated', subject));
      continue;
    }
    const fields = new Fields(item, subject, asWarnings(subject, report));
    named.set(key, { name, namespace, fields, metadata: fields.object('metadata') });
  }
  return [...named.values()];
}
