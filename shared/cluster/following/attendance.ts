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
  /** Of each node that does not check in any more, or for which some time does not count. */
  readonly absences: ReadonlyMap<string, Absence>;
}

/**
 * Takes in an answer of the API. While it was away, nobody could check in: such a time is counted against no node, from the last answer
 * on, or from when the node checked in where that was later.
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
  const absences = new Map<string, Absence>();
  for (const node of nodes) {
    const unreadiness = unreadinessOf(node, now);
    // Without a key or a Pod CIDR there is no peer to keep.
    if (unreadiness !== null && unreadiness.kind !== 'not-seen') continue;
    const { name, lastSeen } = node;
    const known = before?.absences.get(name);
    const unasked = before === null || !wasAway ? 0 : Math.max(now - Math.max(before.at, lastSeen), 0);
    const uncounted = unasked + (known?.lastSeen === lastSeen ? known.uncounted : 0);
    if (unreadiness !== null || uncounted > 0) absences.set(name, { lastSeen, uncounted });
  }
  return { at: now, absences };
}

/** The nodes that do not check in any more, and keep their peers for now. */
export function staleNodes({ at, absences }: Attendance, nodes: readonly KiloNode[]): KiloNode[] {
  return nodes.filter((node) => {
    const absence = absences.get(node.name);
    if (absence === undefined || unreadinessOf(node, at)?.kind !== 'not-seen') return false;
    return at - absence.lastSeen - absence.uncounted < staleLimit;
  });
}
