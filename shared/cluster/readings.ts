/** What is asked of a cluster, by the names of the lists. */
export const readKinds = [
  'nodes',
  'peers',
  'services',
  'configMaps',
  'serviceCidrs',
  'pods',
  'ciliumNodes',
] as const;

/** One of the lists that are asked for. */
export type ReadKind = (typeof readKinds)[number];

/**
 * What came of asking for a list.
 *
 * - `read`: its objects, as they came: nothing in them is checked
 * - `absent`: the cluster has no such API
 * - `refused`: it could not be read; why, in a sentence
 * - `unasked`: nobody asked, or no file has it
 */
export type KindReading =
  | { readonly kind: 'read'; readonly items: readonly unknown[] }
  | { readonly kind: 'absent' | 'unasked' }
  | { readonly kind: 'refused'; readonly reason: string };

/** What was read of a cluster, out of files or from its API: everything that the rest of this folder knows of it. */
export interface ClusterReadings {
  readonly kinds: Readonly<Record<ReadKind, KindReading>>;
  /** `ClusterConfiguration` of the ConfigMap kubeadm-config, which is YAML inside JSON, as a value; null where there is none. */
  readonly kubeadm: unknown;
  /** What the API said to a Service with an impossible address, tried and not made; null where nobody tried. */
  readonly serviceRefusal: string | null;
  /** The API's own time, from its `Date`; Unix seconds. Null for files. */
  readonly date: number | null;
  /** When files were read, by the clock of this machine; Unix seconds. Null for the API. */
  readonly filesReadAt: number | null;
}

/** Nothing read yet. */
export const noReadings: ClusterReadings = {
  kinds: {
    nodes: { kind: 'unasked' },
    peers: { kind: 'unasked' },
    services: { kind: 'unasked' },
    configMaps: { kind: 'unasked' },
    serviceCidrs: { kind: 'unasked' },
    pods: { kind: 'unasked' },
    ciliumNodes: { kind: 'unasked' },
  },
  kubeadm: null,
  serviceRefusal: null,
  date: null,
  filesReadAt: null,
};

/** The objects of a list that was read; none where it was not. */
export function itemsOf(readings: ClusterReadings, kind: ReadKind): readonly unknown[] {
  const reading = readings.kinds[kind];
  return reading.kind === 'read' ? reading.items : [];
}
