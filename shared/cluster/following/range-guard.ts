import { FaultError } from '../../fault.ts';
import { formatPrefix, parsePrefix } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { privateNetworks } from '../../network/private-networks.ts';
import { PrefixSet } from '../../network/prefix-set.ts';

/** What is no part of the internet. */
const local = PrefixSet.of([
  ...privateNetworks,
  ...['169.254.0.0/16', 'fe80::/10'].flatMap((text) => parsePrefix(text) ?? []),
]);

/** The shortest prefixes that a cluster may want without a question. */
const widest = { 4: 8, 6: 16 } as const;

/** How much of the internet it may want in all: a /12, or a /28 of IPv6. As a part of all addresses. */
const mostOfInternet = { 4: 2 ** -12, 6: 2 ** -28 } as const;

/** A peer, and what goes to it. */
interface Carrier {
  readonly name: string;
  readonly prefixes: readonly Prefix[];
}

/**
 * Whoever may annotate a node, or make a Peer, must not get all traffic of this machine without a question.
 *
 * @param before what went into the tunnel before
 * @throws FaultError `cluster-range-wide`
 */
export function refuseWideRanges(before: readonly Carrier[], after: readonly Carrier[]): void {
  const known = PrefixSet.of(before.flatMap(({ prefixes }) => prefixes));
  for (const { name, prefixes } of after) {
    const wide = prefixes.find(
      (prefix) => prefix.length < widest[prefix.family] && !PrefixSet.of([prefix]).without(known).isEmpty,
    );
    if (wide !== undefined) throw tooWide(`${formatPrefix(wide)} to go to ${name}`);
  }
  const wanted = publicOf(after);
  for (const family of [4, 6] as const) {
    const share = shareOf(wanted, family);
    if (share > mostOfInternet[family] && share > shareOf(publicOf(before), family))
      throw tooWide(`${percent(share)} of all ${family === 4 ? 'IPv4' : 'IPv6'} addresses`);
  }
}

function publicOf(carriers: readonly Carrier[]): readonly Prefix[] {
  return PrefixSet.of(carriers.flatMap(({ prefixes }) => prefixes))
    .without(local)
    .prefixes();
}

function shareOf(prefixes: readonly Prefix[], family: 4 | 6): number {
  return prefixes.reduce((sum, prefix) => sum + (prefix.family === family ? 2 ** -prefix.length : 0), 0);
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`;
}

function tooWide(what: string): FaultError {
  return new FaultError({
    code: 'cluster-range-wide',
    message: `The cluster wants ${what}. Nothing was changed.`,
    hint: 'If that is meant, say so: --accept cluster-range-wide. Else look who has annotated the nodes, or made the Peers.',
  });
}
