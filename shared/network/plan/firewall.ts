import { formatAddress } from '../address.ts';
import { firewallTable, namePort, outerMark } from './constants.ts';
import { filterChain, markText, tableText } from './nft-table.ts';
import { tunnelsInNeedOfMark, usableAddresses } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import type { FirewallResource } from './resources.ts';

const mark = markText(outerMark);

/**
 * Our table of nftables, for `nft -f`: one transaction that replaces the table as a whole.
 *
 * - `spoofed` drops packets to a tunnel's address that come in by another interface (CVE-2019-14899)
 * - `within` drops outer packets that would leave with a tunnel's address as their source, as those do for which the kernel finds no other,
 *   such as over IPv6 while the uplink's address is gone and its route is not: the peer would answer into the tunnel itself, for good
 * - `sent` and `answers` give whatever answers a tunnel's outer packets the mark of these, so that a strict reverse path
 *   filter (rp_filter=1) looks up its source past the tunnels' routes: ICMP errors too, and, because connection tracking
 *   puts them together first, fragments. The ports give it to a peer's first packet, which answers nothing. What answers the
 *   resolver's questions, which pass by the tunnels too, is in the same case.
 *
 * The latter are there for tunnels that need them only: connection tracking costs a tenth of the throughput.
 *
 * @param resolver the number of the user who looks up names outside the tunnels
 */
export function firewallOf(tunnels: readonly PlannedTunnel[], resolver: number): FirewallResource {
  const chains = [
    chain('spoofed', 'prerouting', 'raw', spoofRules(tunnels)),
    chain('within', 'output', 'raw', withinRules(tunnels)),
    ...markChains(tunnelsInNeedOfMark(tunnels), resolver),
  ];
  return { kind: 'firewall', ...tableText(firewallTable, chains.join('')) };
}

/** Two tunnels may hold the same address: packets to it are welcome on both. */
function spoofRules(tunnels: readonly PlannedTunnel[]): string[] {
  const interfaces = new Map<string, string[]>();
  for (const tunnel of tunnels) {
    for (const { address } of usableAddresses(tunnel)) {
      const match = `${address.family === 4 ? 'ip' : 'ip6'} daddr ${formatAddress(address)}`;
      interfaces.set(match, [...(interfaces.get(match) ?? []), `"${tunnel.interface}"`]);
    }
  }
  return [...interfaces].map(
    ([match, names]) => `${match} iifname != { ${names.join(', ')} } fib saddr type != local drop`,
  );
}

/** An address that the interface they leave by has too may be their source. */
function withinRules(tunnels: readonly PlannedTunnel[]): string[] {
  const sources = tunnels
    .flatMap(usableAddresses)
    .map(({ address }) => `${address.family === 4 ? 'ip' : 'ip6'} saddr ${formatAddress(address)}`);
  return [...new Set(sources)].map(
    (match) => `meta mark ${mark} ${match} fib saddr . oif type != local drop`,
  );
}

function markChains(tunnels: readonly PlannedTunnel[], resolver: number): string[] {
  if (tunnels.length === 0) return [];
  const ports = [...new Set(tunnels.map(({ listenPort }) => listenPort))].join(', ');
  return [
    chain('answers', 'prerouting', 'mangle', [
      `ct mark ${mark} meta mark set ct mark`,
      `udp dport { ${ports} } fib daddr type local meta mark set ${mark}`,
    ]),
    chain('sent', 'postrouting', 'mangle', [
      `meta mark ${mark} ct mark set meta mark`,
      `meta skuid ${resolver} meta l4proto { tcp, udp } th dport ${namePort} ct mark set ${mark}`,
    ]),
  ];
}

function chain(name: string, hook: string, priority: string, rules: readonly string[]): string {
  return filterChain(name, hook, priority, 'accept', rules);
}
