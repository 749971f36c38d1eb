import type { CommandAt, FindingEntry, FindingSeverity } from './finding.ts';
import { clusterEntries } from './words/cluster.ts';
import { handshakeEntries } from './words/handshake.ts';
import { nameEntries } from './words/names.ts';
import { sizeEntries } from './words/size.ts';
import { standingEntries } from './words/standing.ts';
import { wayEntries } from './words/way.ts';

/** Every kind of finding. Codes are stable: scripts and tests rely on them. */
const catalogue = {
  ...standingEntries,
  ...handshakeEntries,
  ...wayEntries,
  ...sizeEntries,
  ...nameEntries,
  ...clusterEntries,
};

/** A stable word for a kind of finding. */
export type FindingCode = keyof typeof catalogue;

/** Something that was found. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** The profile's name of the tunnel it is about; null where it is about none. */
  readonly tunnel: string | null;
  readonly message: string;
  readonly hint: string;
  readonly commands: readonly CommandAt[];
}

/** A code with its severity and what it means in general; `docs/findings.md` is generated from this. */
export interface FindingCodeFacts {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  readonly summary: string;
}

/** Every code, in the order of the catalogue. */
export const findingCodes: readonly FindingCodeFacts[] = (Object.keys(catalogue) as FindingCode[]).map(
  (code) => {
    const { severity, summary }: FindingEntry<never> = catalogue[code];
    return { code, severity, summary };
  },
);

/** Says one thing of a tunnel. */
export function finding<C extends FindingCode>(
  code: C,
  tunnel: string | null,
  ...details: Parameters<(typeof catalogue)[C]['words']>
): Finding {
  const { severity, words } = catalogue[code] as FindingEntry<typeof details>;
  const { message, hint, commands } = words(...details);
  return { code, severity, tunnel, message: message.replace(/^the /, 'The '), hint, commands };
}
