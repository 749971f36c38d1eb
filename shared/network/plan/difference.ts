import { resourceIdentity, sameResource } from './resources.ts';
import type { Resource } from './resources.ts';

/** One change to a host's network. */
export interface Change {
  readonly kind: 'make' | 'remove';
  readonly resource: Resource;
}

/**
 * The changes that lead from what is present to what is desired, in the order in which they are made: first what has to
 * go, last made first; then what has to come, in the order of `desired`. A resource whose value differs is made anew, which
 * replaces it. A link comes with its MTU, and takes it, its addresses and its routes along when it goes: those are left out.
 *
 * @param present what of ours exists; nobody else's resources may be in it
 */
export function differenceOf(desired: readonly Resource[], present: readonly Resource[]): Change[] {
  const wanted = new Map(desired.map((resource) => [resourceIdentity(resource), resource]));
  const found = new Map(present.map((resource) => [resourceIdentity(resource), resource]));

  const surplus = [...found].filter(([identity]) => !wanted.has(identity)).map(([, resource]) => resource);
  const goingLinks = linksIn(surplus);
  const removals = surplus
    .filter((resource) => !isPartOf(resource, ['mtu', 'address', 'route'], goingLinks))
    .map((resource): Change => ({ kind: 'remove', resource }))
    .reverse();

  const missing = [...wanted]
    .filter(([identity, resource]) => {
      const existing = found.get(identity);
      return existing === undefined || !sameResource(existing, resource);
    })
    .map(([, resource]) => resource);
  const comingLinks = linksIn(missing);
  const additions = missing
    .filter((resource) => !isPartOf(resource, ['mtu'], comingLinks))
    .map((resource): Change => ({ kind: 'make', resource }));

  return [...removals, ...additions];
}

/** The names of the links among some resources. */
function linksIn(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(resources.flatMap((resource) => (resource.kind === 'link' ? [resource.interface] : [])));
}

/** Whether a resource is of one of these kinds, and on one of these links. */
function isPartOf(
  resource: Resource,
  kinds: readonly Resource['kind'][],
  links: ReadonlySet<string>,
): boolean {
  return kinds.includes(resource.kind) && 'interface' in resource && links.has(resource.interface);
}
