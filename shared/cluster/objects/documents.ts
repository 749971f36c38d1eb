import type { ReadKind } from '../readings.ts';
import { isObject } from './fields.ts';
import type { JsonObject } from './fields.ts';

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

/** What an object is that says no kind of its own, by the list that it is named as. */
const kindOfList: Readonly<Record<NamedKind, TypeOfObject>> = {
  nodes: { kind: 'Node', version: 'v1' },
  peers: { kind: 'Peer', version: 'kilo.squat.ai/v1alpha1' },
};

/** Lists that somebody can name a file as: by `--nodes`, and by `--peers`. */
export type NamedKind = Extract<ReadKind, 'nodes' | 'peers'>;

/** The kind of an object, and the version of its API; empty where nothing says them. */
interface TypeOfObject {
  readonly kind: string;
  readonly version: string;
}

const unknownType: TypeOfObject = { kind: '', version: '' };

/** How deep lists are looked for in lists. kubectl makes none of lists. */
const deepestList = 8;

/**
 * Sorts what kubectl saved: single objects, the `List` that it makes, the API's own lists (`NodeList`), whose objects say no kind
 * of their own, and arrays of all that. A list that is empty counts as read. Of an object that is there twice, by its `uid`, the last
 * counts: so a watch prints what has changed.
 *
 * @param named what objects without a kind are; null where nobody has said it
 */
export function sortObjects(documents: readonly unknown[], named: NamedKind | null = null): SortedObjects {
  const kinds = new Map<ReadKind, unknown[]>();
  const others = new Set<string>();
  const places = new Map<string, number>();
  const bare = named === null ? unknownType : kindOfList[named];
  let hasObjects = false;
  let hasForeign = false;
  const listFor = ({ kind, version }: TypeOfObject): unknown[] | null => {
    const found = Object.hasOwn(listOfKind, kind) ? listOfKind[kind] : undefined;
    if (!found?.group.test(version)) return null;
    const known = kinds.get(found.list) ?? [];
    kinds.set(found.list, known);
    return known;
  };
  const put = (value: JsonObject, list: unknown[], kind: string): void => {
    const uid = uidOf(value);
    const place = uid === null ? undefined : places.get(`${kind} ${uid}`);
    if (place !== undefined) {
      list[place] = value;
      return;
    }
    if (uid !== null) places.set(`${kind} ${uid}`, list.length);
    list.push(value);
  };
  const addAll = (items: readonly unknown[], inside: TypeOfObject, depth: number): void => {
    hasObjects = true;
    if (items.length === 0) listFor(inside.kind === '' ? bare : inside);
    for (const item of items) add(item, inside, depth + 1);
  };
  const add = (value: unknown, inside: TypeOfObject, depth: number): void => {
    if (!isObject(value) || depth > deepestList) {
      hasForeign = true;
      return;
    }
    const written = textOr(value['kind'], inside.kind);
    const items = itemsIn(value, written);
    const isBare = written === '' && items === null && isObject(value['metadata']);
    const kind = isBare ? bare.kind : written;
    const version = textOr(value['apiVersion'], kind === bare.kind ? bare.version : inside.version);
    hasObjects ||= kind !== '';
    const list = listFor({ kind, version });
    if (list !== null) {
      put(value, list, kind);
    } else if (items !== null) {
      addAll(items, { kind: kind.slice(0, -'List'.length), version }, depth);
    } else if (kind === '') {
      hasForeign = true;
    } else {
      others.add(kind);
    }
  };
  for (const document of documents) {
    // An empty file, and the end of a file of several documents, is no document.
    if (document === null || document === undefined) continue;
    if (Array.isArray(document)) addAll(document as unknown[], unknownType, 0);
    else add(document, unknownType, 0);
  }
  return { kinds, others: [...others], hasObjects, hasForeign };
}

/** The objects of a list, be it one that says no kind; null for what is no list. Go writes an empty one as null. */
function itemsIn(value: JsonObject, kind: string): readonly unknown[] | null {
  if (kind !== '' && !kind.endsWith('List')) return null;
  const items = Object.hasOwn(value, 'items') ? value['items'] : undefined;
  if (items === null) return [];
  return Array.isArray(items) ? (items as readonly unknown[]) : null;
}

function uidOf({ metadata }: JsonObject): string | null {
  const uid = isObject(metadata) ? metadata['uid'] : null;
  return typeof uid === 'string' && uid !== '' ? uid : null;
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
