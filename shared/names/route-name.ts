import type { NameScope } from './wish.ts';

/** Somebody who answers names in a scope. */
export interface Answerer {
  readonly scope: NameScope;
}

/**
 * Who answers for a name: of those whose domains it is in, the one with the longest domain; else the one that has all names.
 *
 * @param name with or without the dot at its end, in any case
 * @returns null where nobody does
 */
export function answererOf<T extends Answerer>(name: string, answerers: readonly T[]): T | null {
  const asked = name.toLowerCase().replace(/\.$/, '');
  let best: T | null = null;
  let bestLength = -1;
  for (const answerer of answerers) {
    const length = matchLength(asked, answerer.scope);
    if (length <= bestLength) continue;
    best = answerer;
    bestLength = length;
  }
  return best;
}

/** The length of the longest domain of a scope that a name is in, in characters; -1 where it is in none. */
function matchLength(name: string, scope: NameScope): number {
  if (scope.kind === 'all') return 0;
  return Math.max(
    -1,
    ...scope.domains.map((domain) => (name === domain || name.endsWith(`.${domain}`) ? domain.length : -1)),
  );
}
