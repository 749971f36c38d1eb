import { unreadinessOf } from '../kilo/readiness.ts';
import type { KiloNode } from '../kilo/node.ts';

/** How long a node that does not check in any more keeps its peer; seconds since it did last. */
export const staleLimit = 300;

/** How long nobody could check in since a node did last. */
interface Absence {
  readonly lastSeen: number;
  /** Seconds. */
  readonly uncounted: number;
}

/** What an answer of the API has told of who is there. */
export interface Attendance {
  /** The API's own time; Unix seconds. */
  readonly at: number;
  /** Of each node that does not check in any more. */
  readonly absences: ReadonlyMap<string, Absence>;
}

/**
 * Takes in an answer of the API. While it was away, nobody could check in: such a time is counted against no node.
 *
 * @param nodes of that answer
 * @param now the API's time; Unix seconds
 * @param wasAway whether it has not answered since the time before
 */
export function attend(
  before: Attendance | null,
  nodes: readonly KiloNode[],
  now: number,
  wasAway: boolean,
): Attendance {
  const unobserved = before === null || !wasAway ? 0 : Math.max(now - before.at, 0);
  const absences = new Map<string, Absence>();
  for (const node of nodes) {
    // Without a key or a Pod CIDR there is no peer to keep.
    if (unreadinessOf(node, now)?.kind !== 'not-seen') continue;
    const { name, lastSeen } = node;
    const known = before?.absences.get(name);
    const uncounted = known?.lastSeen === lastSeen ? known.uncounted : 0;
    // Who has checked in meanwhile could do so.
    const couldNot = before !== null && lastSeen <= before.at ? unobserved : 0;
    absences.set(name, { lastSeen, uncounted: uncounted + couldNot });
  }
  return { at: now, absences };
}

/** The nodes that do not check in any more, and keep their peers for now. */
export function staleNodes({ at, absences }: Attendance, nodes: readonly KiloNode[]): KiloNode[] {
  return nodes.filter(({ name }) => {
    const absence = absences.get(name);
    return absence !== undefined && at - absence.lastSeen - absence.uncounted < staleLimit;
  });
}
