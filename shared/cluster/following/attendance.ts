import { checkInLimit, unreadinessOf } from '../kilo/readiness.ts';
import type { KiloNode } from '../kilo/node.ts';

/** How long a node that does not check in any more keeps its peer; seconds since it was last known to be there. */
export const staleLimit = 300;

/** When each node was last known to be in the mesh, by the API's own time; Unix seconds. */
export interface Attendance {
  /** When that was found out. */
  readonly at: number;
  readonly lastThere: ReadonlyMap<string, number>;
}

/**
 * Takes in an answer of the API. While nobody could be asked, nobody could check in either: such a gap is counted against no node.
 *
 * @param nodes of that answer
 * @param now the API's time; Unix seconds
 */
export function attend(before: Attendance | null, nodes: readonly KiloNode[], now: number): Attendance {
  const gap = before === null ? 0 : now - before.at;
  const unobserved = gap > checkInLimit ? gap : 0;
  const lastThere = new Map<string, number>();
  for (const node of nodes) {
    const unreadiness = unreadinessOf(node, now);
    const known = before?.lastThere.get(node.name);
    if (unreadiness === null) lastThere.set(node.name, now);
    // Without a key or a Pod CIDR there is no peer to keep.
    else if (unreadiness.kind === 'not-seen')
      lastThere.set(node.name, Math.max(node.lastSeen, known === undefined ? 0 : known + unobserved));
  }
  return { at: now, lastThere };
}

/** The nodes that do not check in any more, and keep their peers for now. */
export function staleNodes({ at, lastThere }: Attendance, nodes: readonly KiloNode[]): KiloNode[] {
  return nodes.filter((node) => {
    const last = lastThere.get(node.name);
    return last !== undefined && at - last < staleLimit && unreadinessOf(node, at) !== null;
  });
}
