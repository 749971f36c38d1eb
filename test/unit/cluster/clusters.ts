import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster, ClusterOptions } from '../../../shared/cluster/cluster.ts';
import { noReadings } from '../../../shared/cluster/readings.ts';
import type { ClusterReadings, ReadKind } from '../../../shared/cluster/readings.ts';

/** What time it is in these tests; Unix seconds. */
export const now = 1_800_000_000;

/** Public keys, told apart by their first letter. */
export function keyOf(letter: string): string {
  return `${letter.repeat(42)}A=`;
}

/** A node as kubectl shows it, with annotations of Kilo's by their short names. */
export function kiloNode(
  name: string,
  index: number,
  annotations: Readonly<Record<string, unknown>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const notes: Record<string, unknown> = {
    endpoint: `203.0.113.${index}:51820`,
    'internal-ip': `10.1.0.${index}/24`,
    key: keyOf(String.fromCharCode(0x60 + index)),
    'last-seen': String(now),
    granularity: 'full',
    ...annotations,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: Object.fromEntries(
        Object.entries(notes)
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => [key.includes('/') ? key : `kilo.squat.ai/${key}`, value]),
      ),
    },
    spec: { podCIDR: `10.42.${index}.0/24`, ...spec },
  };
}

/** A Peer object of Kilo. */
export function kiloPeer(name: string, spec: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    apiVersion: 'kilo.squat.ai/v1alpha1',
    kind: 'Peer',
    metadata: { name },
    spec: { allowedIPs: ['10.5.0.1/32'], publicKey: keyOf('Q'), ...spec },
  };
}

/** Readings with these lists. */
export function readingsOf(
  lists: Partial<Readonly<Record<ReadKind, readonly unknown[]>>>,
  rest: Partial<ClusterReadings> = {},
): ClusterReadings {
  const read = Object.entries(lists).map(([kind, items]) => [kind, { kind: 'read', items }] as const);
  return { ...noReadings, ...rest, kinds: { ...noReadings.kinds, ...Object.fromEntries(read) } };
}

/** What is made of these lists now. */
export function clusterOfLists(
  lists: Partial<Readonly<Record<ReadKind, readonly unknown[]>>>,
  options: ClusterOptions = {},
): Cluster {
  return clusterOf(readingsOf(lists, { date: now }), options);
}

/** The codes of a cluster's warnings with what they are about. */
export function warned({ warnings }: Cluster): string[] {
  return warnings.map(({ code, object }) => `${code} ${object}`);
}

/** The sentence and the hint of one warning. @throws where it is not there just once */
export function warningOf(cluster: Cluster, code: string): { message: string; hint: string } {
  const found = cluster.warnings.filter((warning) => warning.code === code);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} warnings ${code}`);
  return { message: only.message, hint: only.hint };
}
