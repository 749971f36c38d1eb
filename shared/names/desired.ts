import type { NameScope, NameWish } from './wish.ts';

/** Which names the servers of one tunnel answer. */
export interface LinkNames {
  readonly interface: string;
  readonly servers: readonly string[];
  readonly searchDomains: readonly string[];
  readonly scope: NameScope;
}

/** Why a tunnel does not get the names that it wants. */
export type Denial =
  /** It has no servers to ask. */
  | { readonly kind: 'no-servers' }
  /** Another tunnel has all names already. */
  | { readonly kind: 'all-taken'; readonly by: string }
  /** Other tunnels have each of its domains already. */
  | { readonly kind: 'domains-taken'; readonly by: string };

/** How names are to be resolved on a host while some tunnels are up. */
export interface DesiredNames {
  /** In the order of the tunnels. At most one has all names, and no domain is twice among them. */
  readonly links: readonly LinkNames[];
  /** The tunnels that get none, by interface. */
  readonly denied: ReadonlyMap<string, Denial>;
}

/**
 * Brings together what several tunnels want. Search domains add up; domains of different tunnels stand side by side; of two tunnels
 * that want the same, the one that came up first has it.
 */
export function desiredNames(wishes: readonly NameWish[]): DesiredNames {
  const links: LinkNames[] = [];
  const denied = new Map<string, Denial>();
  const owners = new Map<string, string>();
  let allBy: string | null = null;
  for (const wish of [...wishes].sort((a, b) => a.order - b.order)) {
    const { interface: device, name, servers, searchDomains, scope } = wish;
    if (servers.length === 0) {
      denied.set(device, { kind: 'no-servers' });
    } else if (scope.kind === 'all') {
      if (allBy === null) links.push({ interface: device, servers, searchDomains, scope });
      else denied.set(device, { kind: 'all-taken', by: allBy });
      allBy ??= name;
    } else {
      const domains = scope.domains.filter((domain) => !owners.has(domain));
      const [first = ''] = scope.domains;
      if (domains.length === 0) denied.set(device, { kind: 'domains-taken', by: owners.get(first) ?? '' });
      else links.push({ interface: device, servers, searchDomains, scope: { kind: 'domains', domains } });
      for (const domain of domains) owners.set(domain, name);
    }
  }
  return { links, denied };
}

/** Whether each name goes its own way: what no list of servers can say. */
export function needsRouting({ links }: DesiredNames): boolean {
  return links.some(({ scope }) => scope.kind === 'domains');
}
