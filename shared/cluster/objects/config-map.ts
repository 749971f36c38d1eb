import type { Report } from '../warnings/catalogue.ts';
import type { Texts } from './fields.ts';
import { namedObjects } from './named.ts';

/** A ConfigMap: its texts by their names. */
export interface ConfigMap {
  readonly name: string;
  readonly namespace: string;
  readonly data: Texts;
}

/** The ConfigMaps of a list. */
export function readConfigMaps(items: readonly unknown[], report: Report): ConfigMap[] {
  return namedObjects(items, 'configmap', report).map(({ name, namespace, fields }) => ({
    name,
    namespace,
    data: fields.texted('data'),
  }));
}
