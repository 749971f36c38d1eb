import type { WarningEntry } from './entry.ts';
import { annotationEntries } from './words/annotations.ts';
import { meshEntries } from './words/mesh.ts';
import { nodeEntries } from './words/nodes.ts';
import { objectEntries } from './words/objects.ts';
import { peerEntries } from './words/peers.ts';
import { rangeEntries } from './words/ranges.ts';
import { secondMeshEntries } from './words/second-mesh.ts';

/** Every kind of warning. Codes are stable: scripts and tests rely on them. */
const catalogue = {
  ...objectEntries,
  ...nodeEntries,
  ...annotationEntries,
  ...meshEntries,
  ...peerEntries,
  ...rangeEntries,
  ...secondMeshEntries,
};

/** A stable word for a kind of warning. */
export type WarningCode = keyof typeof catalogue;

/** Something about a cluster that somebody could trip over. */
export interface ClusterWarning {
  readonly code: WarningCode;
  /** What it is about, as kubectl calls it: `node/a`, `peer/laptop`, or `cluster` for all of it. */
  readonly object: string;
  readonly message: string;
  readonly hint: string;
}

/** Told of each warning. */
export type Report = (warning: ClusterWarning) => void;

/** A code with what it means in general; `docs/cluster-warnings.md` is generated from this. */
export interface WarningCodeFacts {
  readonly code: WarningCode;
  readonly summary: string;
}

/** Every code, in the order of the catalogue. */
export const warningCodes: readonly WarningCodeFacts[] = (Object.keys(catalogue) as WarningCode[]).map(
  (code) => {
    const { summary }: WarningEntry<never> = catalogue[code];
    return { code, summary };
  },
);

/** Says one thing of an object of a cluster. */
export function clusterWarning<C extends WarningCode>(
  code: C,
  object: string,
  ...details: Parameters<(typeof catalogue)[C]['words']> extends [string, ...infer D] ? D : never
): ClusterWarning {
  const { words } = catalogue[code] as unknown as WarningEntry<readonly unknown[]>;
  return { code, object, ...words(object, ...details) };
}
