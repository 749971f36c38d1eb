import { formatCount } from '../format/count.ts';
import type { ProfilePeer } from '../../shared/contract/ui/verbs.ts';
import { addressBits } from '../../shared/network/address.ts';
import type { Family } from '../../shared/network/address.ts';
import { covers, formatPrefix, parsePrefix } from '../../shared/network/prefix.ts';
import type { Prefix } from '../../shared/network/prefix.ts';

/** How much of one family a tunnel takes. */
export type Share = 'none' | 'some' | 'most' | 'all';

/** What a tunnel carries: everything, or the prefixes that its peers allow. */
export interface Reach {
  readonly ipv4: Share;
  readonly ipv6: Share;
  /** Without those that lie in another; in the order of the file. */
  readonly prefixes: readonly string[];
}

/** What the peers of a profile, taken together, would carry. A text that is no prefix counts for nothing. */
export function reachOf(peers: readonly Pick<ProfilePeer, 'allowedIps'>[]): Reach {
  const parsed = peers.flatMap((peer) => peer.allowedIps.flatMap((text) => parsePrefix(text) ?? []));
  const widest = withoutCovered(parsed);
  return {
    ipv4: shareOf(widest, 4),
    ipv6: shareOf(widest, 6),
    prefixes: widest.map(formatPrefix),
  };
}

/** The prefixes that lie in no other, each once, in the order given. */
function withoutCovered(prefixes: readonly Prefix[]): readonly Prefix[] {
  const byText = new Map(prefixes.map((prefix) => [formatPrefix(prefix), prefix]));
  const kept = new Set<string>();
  // In the order of their bits a prefix stands right behind what covers it.
  const sorted = [...byText.entries()].sort(([, a], [, b]) => compare(a, b));
  let cover: Prefix | null = null;
  for (const [text, prefix] of sorted) {
    if (cover !== null && covers(cover, prefix)) continue;
    cover = prefix;
    kept.add(text);
  }
  return [...byText.entries()].filter(([text]) => kept.has(text)).map(([, prefix]) => prefix);
}

function compare(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let index = 0; index < a.words.length; index += 1) {
    const difference = (a.words[index] ?? 0) - (b.words[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** IPv6 is allotted from 2000::/3: a tunnel that takes an eighth of the addresses may take all that are in use. */
const mostOf: Readonly<Record<Family, number>> = { 4: 0.5, 6: 0.12 };

function shareOf(disjoint: readonly Prefix[], family: Family): Share {
  const lengths = disjoint.filter((prefix) => prefix.family === family).map(({ length }) => length);
  if (lengths.length === 0) return 'none';
  // Lengths are at most addressBits: the smallest first, so that no share is lost in rounding.
  const share = lengths.sort((a, b) => b - a).reduce((sum, length) => sum + 2 ** -length, 0);
  if (share >= 1 - 2 ** -(addressBits[family] + 1)) return 'all';
  return share >= mostOf[family] ? 'most' : 'some';
}

/** The reach of a tunnel in words. */
export interface ReachWords {
  readonly title: string;
  readonly sentence: string;
}

/** What a tunnel is called for what it carries, and a sentence that says it. */
export function describeReach(reach: Reach): ReachWords {
  const { ipv4, ipv6, prefixes } = reach;
  if (ipv4 === 'all' && ipv6 === 'all') {
    return { title: 'Full tunnel', sentence: 'It carries all IPv4 and IPv6 traffic.' };
  }
  if (ipv4 === 'all') {
    const rest = ipv6 === 'none' ? 'IPv6 is left as it is.' : 'of IPv6, only some prefixes.';
    return { title: 'Full tunnel', sentence: `It carries all IPv4 traffic; ${rest}` };
  }
  if (ipv4 === 'most') {
    return {
      title: 'Nearly full tunnel',
      sentence: `It carries most IPv4 traffic, in ${count(prefixes.length)}; the rest is left as it is.`,
    };
  }
  if (ipv6 === 'all') {
    return {
      title: 'Full tunnel for IPv6',
      sentence:
        ipv4 === 'none'
          ? 'It carries all IPv6 traffic; IPv4 is left as it is.'
          : 'It carries all IPv6 traffic; of IPv4, only some prefixes.',
    };
  }
  if (prefixes.length === 0) {
    return { title: 'No routes', sentence: 'Its peers allow no addresses, so it carries nothing.' };
  }
  return {
    title: `Split tunnel: ${count(prefixes.length)}`,
    sentence: 'It carries only what goes to the allowed IPs below; everything else is left as it is.',
  };
}

function count(prefixes: number): string {
  return formatCount(prefixes, 'prefix');
}
