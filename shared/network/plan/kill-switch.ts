import { covers, formatPrefix, networkOf, parseInterfaceAddress } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { privateNetworks } from '../private-networks.ts';
import { PrefixSet } from '../prefix-set.ts';
import { killSwitchTable, namePort, outerMark } from './constants.ts';
import { filterChain, markText, tableText } from './nft-table.ts';
import type { Opening } from './opening.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import type { KillSwitchResource } from './resources.ts';

/** What of a tunnel matters to the kill switch; one that is only about to come up counts too. */
export type GuardedTunnel = Pick<PlannedTunnel, 'interface' | 'mark' | 'listenPort' | 'killSwitch'>;

/** What of the host matters to the kill switch. */
export interface KillSwitchSurroundings {
  /** The number of the user as whom endpoints' names are looked up. */
  readonly resolver: number;
  /** What {@link lanOf} found; nothing is needed where no LAN is allowed. */
  readonly lan: readonly LanNetwork[];
  /** Null where the uplink is closed. */
  readonly opening: Opening | null;
}

/** A network that this machine is connected to directly. */
export interface LanNetwork {
  readonly interface: string;
  readonly prefix: Prefix;
}

/**
 * Behind every chain that might still change where a packet goes: what is judged is what leaves.
 *
 * @see nft(8) "Standard priority names": srcnat, the last, is 100
 */
const priority = '200';

/**
 * The table by which nothing leaves this machine but through its tunnels, for `nft -f`; null where no tunnel wants one.
 *
 * Of several tunnels each may want it, and then it holds for all; the LAN is allowed where none of those objects. Tunnels that
 * do not want it are tunnels all the same: their packets pass.
 *
 * What passes is told by the interface it leaves by, by a mark or a user that nobody but root can take, or by being of no use beyond
 * the link; never by its destination, or the address of a server could be reached past its tunnel.
 *
 * @see docs/kill-switch.md
 */
export function killSwitchOf(
  tunnels: readonly GuardedTunnel[],
  { resolver, lan, opening }: KillSwitchSurroundings,
): KillSwitchResource | null {
  const switches = tunnels.flatMap(({ killSwitch }) => killSwitch ?? []);
  if (switches.length === 0) return null;
  const interfaces = setOf(tunnels.map((tunnel) => `"${tunnel.interface}"`));
  const allowsLan = switches.every(({ allowLan }) => allowLan);
  const lanRules = allowsLan ? rulesForLan(lan) : [];
  const chains = [
    filterChain('output', 'output', priority, 'drop', [
      `oifname ${interfaces} accept`,
      ...[...new Set(tunnels.flatMap(outerRule))].sort(),
      'oifname "lo" accept',
      `meta skuid ${resolver} meta l4proto { tcp, udp } th dport ${namePort} accept`,
      ...linkRules,
      ...(allowsLan ? linkLocalRules : []),
      ...lanRules,
      ...(opening === null ? [] : openRules(opening)),
      // To the program, by lo: a refusal at once, where silence would let it wait for minutes. A connection that stands is told
      // nothing that ends it: the tunnel may be back in a moment. One that begins takes no ICMP for an answer before a second is over.
      'tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset',
      'reject with icmpx admin-prohibited',
    ]),
    filterChain('forward', 'forward', priority, 'drop', [
      `oifname ${interfaces} accept`,
      `iifname ${interfaces} ct state established,related accept`,
      ...lanRules,
    ]),
  ];
  const text = chains.join('');
  if (opening === null) return { kind: 'kill-switch', ...tableText(killSwitchTable, text) };
  const answers = chainForAnswers(opening, interfaces);
  // How long it is from now is another at each look; until when, is not.
  const identity = `${answers}${text} open until ${opening.until}`;
  const content = `${openSet(opening)}${answers}${text}`;
  return { kind: 'kill-switch', ...tableText(killSwitchTable, content, identity) };
}

/** Adit's mark is on nothing else. One of a profile's own may be on packets of others: they have another port. */
function outerRule({ mark, listenPort }: GuardedTunnel): string[] {
  // Packets without any mark have the mark 0.
  if (mark === 0) return [];
  return [`meta mark ${markText(mark)} ${mark === outerMark ? '' : `udp sport ${listenPort} `}accept`];
}

/** What the rules of an opening look up. The kernel takes the elements out when their time is over, whether a helper lives or not. */
function openSet({ seconds }: Opening): string {
  const elements = `ipv4 timeout ${seconds}s, ipv6 timeout ${seconds}s`;
  return `\tset open {\n\t\ttypeof meta nfproto\n\t\tflags timeout\n\t\telements = { ${elements} }\n\t}\n`;
}

/** The user's programs, and names for whoever looks them up for these. */
function openRules({ user }: Opening): string[] {
  return [
    `meta nfproto @open meta skuid ${user} accept`,
    `meta nfproto @open meta l4proto { tcp, udp } th dport ${namePort} accept`,
  ];
}

/** A strict reverse path filter would drop what answers: it is to look up the way back past the tunnels. */
function chainForAnswers({ user }: Opening, interfaces: string): string {
  return filterChain('opened', 'postrouting', 'mangle', 'accept', [
    `meta nfproto @open meta skuid ${user} oifname != ${interfaces} ct mark set ${markText(outerMark)}`,
  ]);
}

/**
 * The networks that a machine stands in by the addresses of its links that have neighbours: not those of tunnels, its own or others'. Of each
 * only what is set aside for private use: whoever runs the network says which addresses are "local", and might say it of any in the
 * world (TunnelCrack).
 */
export function lanOf(links: readonly LanLink[]): LanNetwork[] {
  return links
    .filter(({ name, type }) => type === 'ether' && plainName.test(name))
    .flatMap(({ name, addresses }) =>
      addresses
        .flatMap((text) => parseInterfaceAddress(text) ?? [])
        .flatMap((address) => privatePartOf(networkOf(address)))
        .map((prefix) => ({ interface: name, prefix })),
    );
}

/** What of a link matters to {@link lanOf}. */
export interface LanLink {
  readonly name: string;
  /** As `ip` has it: `ether` for whatever has neighbours, Wi-Fi and bridges too; `none` for tunnels. */
  readonly type: string;
  /** `ADDRESS/LENGTH`. */
  readonly addresses: readonly string[];
}

/** What a link needs to work at all, and goes no further than the link: addresses by DHCP, neighbours, groups of listeners. */
const linkRules = [
  'udp sport 68 udp dport 67 accept',
  'udp sport 546 udp dport 547 accept',
  'ip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept',
  'ip6 hoplimit 1 icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } accept',
];

/** Addresses and groups that mean something on one link only; multicast DNS is among them. @see RFC 3927, RFC 5771 section 4, RFC 4291 */
const linkLocalRules = [
  'ip daddr { 169.254.0.0/16, 224.0.0.0/24 } accept',
  'ip6 daddr { fe80::/10, ff02::/16 } accept',
];

/** Names that mean themselves between the quotes of nft, where a star would mean any; ours have this form in any case. */
const plainName = /^[\w.@+=-]{1,15}$/;

function privatePartOf(prefix: Prefix): Prefix[] {
  return privateNetworks.flatMap((range) => {
    if (covers(range, prefix)) return [prefix];
    return covers(prefix, range) ? [range] : [];
  });
}

/** A rule for each link and family. */
function rulesForLan(lan: readonly LanNetwork[]): string[] {
  const words = { 4: 'ip', 6: 'ip6' } as const;
  const names = [...new Set(lan.map((network) => network.interface))].sort();
  return names.flatMap((name) => {
    const own = lan.filter((network) => network.interface === name).map(({ prefix }) => prefix);
    // nft refuses a set whose ranges overlap.
    const prefixes = PrefixSet.of(own).prefixes();
    return ([4, 6] as const).flatMap((family) => {
      const texts = prefixes.filter((prefix) => prefix.family === family).map(formatPrefix);
      return texts.length === 0 ? [] : [`oifname "${name}" ${words[family]} daddr ${setOf(texts)} accept`];
    });
  });
}

/** A set of nft's, each element once, in an order that does not depend on who came first. */
function setOf(elements: readonly string[]): string {
  return `{ ${[...new Set(elements)].sort().join(', ')} }`;
}
