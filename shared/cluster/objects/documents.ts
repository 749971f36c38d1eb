import type { ReadKind } from '../readings.ts';
import { isObject } from './fields.ts';

/** Objects of a cluster, by their lists, and what else there was. */
export interface SortedObjects {
  readonly kinds: ReadonlyMap<ReadKind, readonly unknown[]>;
  /** Kinds of objects that nothing is learned from, each once. */
  readonly others: readonly string[];
  /** Whether there was anything of Kubernetes, be it an empty list. */
  readonly hasObjects: boolean;
  /** Whether anything was no object of Kubernetes at all. */
  readonly hasForeign: boolean;
}

/** Which list an object of a kind belongs to. Some kinds share their name with another API's: the group decides. */
const listOfKind: Readonly<Record<string, { readonly list: ReadKind; readonly group: RegExp }>> = {
  Node: { list: 'nodes', group: /^v1$/ },
  Peer: { list: 'peers', group: /^kilo\.squat\.ai\// },
  Service: { list: 'services', group: /^v1$/ },
  ConfigMap: { list: 'configMaps', group: /^v1$/ },
  ServiceCIDR: { list: 'serviceCidrs', group: /^networking\.k8s\.io\// },
  Pod: { list: 'pods', group: /^v1$/ },
  CiliumNode: { list: 'ciliumNodes', group: /^cilium\.io\// },
};

/**
 * Sorts what kubectl saved: single objects, the `List` that it makes, and the API's own lists (`NodeList`), whose objects say no kind
 * of their own. A list that is empty counts as read.
 */
export function sortObjects(documents: readonly unknown[]): SortedObjects {
  const kinds = new Map<ReadKind, unknown[]>();
  const others = new Set<string>();
  let hasObjects = false;
  let hasForeign = false;
  const listFor = (kind: string, version: string): unknown[] | null => {
    const found = Object.hasOwn(listOfKind, kind) ? listOfKind[kind] : undefined;
    if (!found?.group.test(version)) return null;
    const known = kinds.get(found.list) ?? [];
    kinds.set(found.list, known);
    return known;
  };
  const add = (value: unknown, kindOfList: string, versionOfList: string): void => {
    if (!isObject(value)) {
      hasForeign = true;
      return;
    }
    const kind = textOr(value['kind'], kindOfList);
    const version = textOr(value['apiVersion'], versionOfList);
    hasObjects ||= kind !== '';
    const list = listFor(kind, version);
    if (list !== null) {
      list.push(value);
    } else if (kind.endsWith('List') && Array.isArray(value['items'])) {
      const inner = kind.slice(0, -'List'.length);
      if (inner !== '') listFor(inner, version);
      for (const item of value['items'] as unknown[]) add(item, inner, version);
    } else if (kind === '') {
      hasForeign = true;
    } else {
      others.add(kind);
    }
  };
  // An empty file, and the end of a file of several documents, is no document.
  for (const document of documents) if (document !== null && document !== undefined) add(document, '', '');
  return { kinds, others: [...others], hasObjects, hasForeign };
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
