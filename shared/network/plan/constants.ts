/**
 * The numbers by which Adit's part of a Linux host's network can be told from everybody else's.
 */

/**
 * The mark of every tunnel's own outer packets. One mark for all tunnels: the outer packets of each must pass by the
 * routes of every other. Chosen clear of the bits that others on the laptop of a Kubernetes user test or overwrite:
 * kube-proxy 0x4000 and 0x8000, Calico 0xffff0000, Cilium 0x0f00, Tailscale 0xff0000; and not wg-quick's 51820.
 */
export const outerMark = 0x20ad;

/** The name of our table in nftables, family inet. */
export const firewallTable = 'adit';

/** The name of the table of the kill switch, family inet: one for the machine, whoever's helper makes it. */
export const killSwitchTable = 'adit-kill-switch';

/**
 * Above the mark's own bits, 548208640: a number that no other number begins with. `wg-quick down` looks for its table 51820
 * as text, and would not end while a rule of ours says 51820 followed by anything.
 */
const tableBase = 0x20ad_0000;
const priorityBase = 30_000;
const longestPrefix = 128;

/** The routing table of all tunnel routes to prefixes of `length` bits. */
export function routingTable(length: number): number {
  return tableBase + length;
}

/** Whether a routing table is one of ours. */
export function isOurTable(table: number): boolean {
  return table >= tableBase && table <= tableBase + longestPrefix;
}

/** The kernel's table of this machine's own addresses, which is asked before every rule of ours. */
export const localTable = 255;

/**
 * The priority of the two rules for prefixes of `length` bits. Longer prefixes are asked first, and of one length the main
 * table's more specific routes before the tunnels'.
 */
export function rulePriority(length: number, asks: 'main' | 'tunnels'): number {
  return priorityBase + 2 * (longestPrefix - length) + (asks === 'main' ? 0 : 1);
}

/** The priority of the rules by which the resolver's questions pass by all tunnels: before the first of ours for a prefix. */
export const resolverPriority = priorityBase - 2;

/** The priority of the rule for this machine's own addresses, where there is none before: the first of ours. */
export const localPriority = resolverPriority - 1;

/** The UDP and TCP port of name servers. */
export const namePort = 53;

/**
 * The user as whom endpoints' names are looked up, outside the tunnels: by its name where the machine has one of that name, else this
 * number, as user and as group. Of a range that no distribution gives away.
 *
 * @see https://systemd.io/UIDS-GIDS/ "Unused", 60706 to 61183
 */
export const resolverUser = { name: 'adit-resolver', number: 60_853 } as const;

/** The user of the child that sends names to their servers, in the same way: another one, whose questions go into the tunnels. */
export const forwarderUser = { name: 'adit-forwarder', number: 60_854 } as const;

/** The priority of a rule that is made and removed at once: just behind all others of ours. */
export const throwawayPriority = priorityBase + 2 * longestPrefix + 2;

/** The priority of the rule that decides nothing, behind all others of ours: who goes on there has passed by all tunnels. */
export const pastPriority = throwawayPriority + 1;
