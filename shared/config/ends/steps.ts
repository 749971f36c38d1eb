import type { Family } from '../../network/address.ts';
import { formatPrefix } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';

/** What a step is for, in the words of iptables and sysctl. */
export type Purpose = 'INPUT' | 'ip_forward' | 'FORWARD' | 'MASQUERADE';

/** Something that a host which passes packets on has to do: commands for a shell of root, lost when it starts anew. */
export interface Step {
  readonly purpose: Purpose;
  /** In a sentence. */
  readonly reason: string;
  /** For a host without iptables. They leave the tables of iptables in a form that it can still read. */
  readonly nft: readonly string[];
  readonly iptables: readonly string[];
}

/** A table of its own: iptables cannot read one in which nft masquerades. */
const natTable = 'wireguard_nat';

/** Lets the tunnel's packets in from outside. @param family of the outer packets */
export function openPortStep(port: number, family: Family): Step {
  const { nft, tables } = toolsOf(family);
  return {
    purpose: 'INPUT',
    reason: `Let WireGuard's own packets in, on UDP port ${port}.`,
    nft: [
      ...filterChain(nft, 'INPUT'),
      `nft 'insert rule ${nft} filter INPUT udp dport ${port} counter accept'`,
    ],
    iptables: [`${tables} -I INPUT -p udp --dport ${port} -j ACCEPT`],
  };
}

/** What a host forwards. */
export interface Forwarding {
  /** The interface of the tunnel on that host. */
  readonly link: string;
  /** The networks inside the tunnel from which packets come. */
  readonly tunnel: readonly Prefix[];
  /** Where they go to, beyond the host. */
  readonly forwarded: readonly Prefix[];
  /** Those of them that know no way back into the tunnel. */
  readonly masqueraded: readonly Prefix[];
}

/** What a relay or a gateway has to do, for each family that the tunnel has addresses of. */
export function forwardSteps({ link, tunnel, forwarded, masqueraded }: Forwarding): Step[] {
  return ([4, 6] as const).flatMap((family) => {
    const isOf = (prefix: Prefix): boolean => prefix.family === family;
    const sources = tunnel.filter(isOf).map(formatPrefix);
    if (sources.length === 0 || !forwarded.some(isOf)) return [];
    return [
      forwardingStep(family),
      forwardStep(family, link, sources),
      ...(masqueraded.some(isOf) ? [masqueradeStep(family, link, sources)] : []),
    ];
  });
}

function forwardingStep(family: Family): Step {
  const setting = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  const commands = [`sysctl -w ${setting}=1`];
  return { purpose: 'ip_forward', reason: 'Pass packets on at all.', nft: commands, iptables: commands };
}

function forwardStep(family: Family, link: string, sources: readonly string[]): Step {
  const { nft, tables } = toolsOf(family);
  return {
    purpose: 'FORWARD',
    reason: `Pass on what comes from ${link}, and what goes back there.`,
    nft: [
      ...filterChain(nft, 'FORWARD'),
      `nft 'insert rule ${nft} filter FORWARD iifname "${link}" counter accept'`,
      ...sources.map(
        (source) =>
          `nft 'insert rule ${nft} filter FORWARD oifname "${link}" ${nft} daddr ${source} counter accept'`,
      ),
    ],
    iptables: [
      `${tables} -I FORWARD -i ${link} -j ACCEPT`,
      ...sources.map((source) => `${tables} -I FORWARD -o ${link} -d ${source} -j ACCEPT`),
    ],
  };
}

function masqueradeStep(family: Family, link: string, sources: readonly string[]): Step {
  const { nft, tables } = toolsOf(family);
  return {
    purpose: 'MASQUERADE',
    reason: 'Put this host’s own address on what leaves it, so that answers find their way back.',
    nft: [
      `nft 'add table ${nft} ${natTable}'`,
      `nft 'add chain ${nft} ${natTable} postrouting { type nat hook postrouting priority 100; }'`,
      ...sources.map(
        (source) =>
          `nft 'add rule ${nft} ${natTable} postrouting ${nft} saddr ${source} oifname != "${link}" masquerade'`,
      ),
    ],
    iptables: sources.map(
      (source) => `${tables} -t nat -I POSTROUTING -s ${source} ! -o ${link} -j MASQUERADE`,
    ),
  };
}

/** The chain that iptables fills; made only where it is not there, and its policy left alone. */
function filterChain(nft: string, chain: 'INPUT' | 'FORWARD'): string[] {
  return [
    `nft 'add table ${nft} filter'`,
    `nft 'add chain ${nft} filter ${chain} { type filter hook ${chain.toLowerCase()} priority 0; }'`,
  ];
}

function toolsOf(family: Family): { nft: 'ip' | 'ip6'; tables: 'iptables' | 'ip6tables' } {
  return family === 4 ? { nft: 'ip', tables: 'iptables' } : { nft: 'ip6', tables: 'ip6tables' };
}
