import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Family } from '../../../shared/network/address.ts';
import {
  firewallTable,
  isOurTable,
  killSwitchTable,
  localTable,
  namePort,
  pastPriority,
  resolverPriority,
} from '../../../shared/network/plan/constants.ts';
import { digestOfListing } from '../../../shared/network/plan/nft-table.ts';
import { isOpeningPriority } from '../../../shared/network/plan/opening.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { networkOf, parseInterfaceAddress } from '../../../shared/network/prefix.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { linksOf, mainTable, routesOf, rulesOf } from './ip-json.ts';
import type { LinkFacts, RouteFacts, RuleFacts } from './ip-json.ts';

/** @see linux include/uapi/linux/in.h IPPROTO_TCP */
const protocolNumbers = { tcp: 6, udp: 17 } as const;

/** The parts of a host's network in which something of ours may be, as they are at one moment. */
export interface Observation {
  readonly links: readonly LinkFacts[];
  /** Of the interfaces that were asked about. */
  readonly routes: readonly RouteFacts[];
  readonly rules: Readonly<Record<Family, readonly RuleFacts[]>>;
  /** The digest of our firewall table; null where there is no such table. */
  readonly firewallDigest: string | null;
  /** The same of the kill switch's. */
  readonly killSwitchDigest: string | null;
}

/**
 * Reads a host's links and rules, our firewall table, and the routes of some interfaces: all routes of a host may be very many.
 *
 * @param interfaces whose routes are read; those that do not exist have none
 */
export async function observe(interfaces: readonly string[], programs: Programs): Promise<Observation> {
  const ip = programs.path('ip');
  const [links, rules4, rules6, firewallDigest, killSwitchDigest, ...routes] = await Promise.all([
    observeLinks(programs),
    run(ip, ['-N', '-j', '-4', 'rule', 'show']),
    run(ip, ['-N', '-j', '-6', 'rule', 'show']).catch(nothing),
    observeTable(firewallTable, programs),
    observeTable(killSwitchTable, programs),
    ...interfaces.flatMap((name) => ([4, 6] as const).map((family) => routesOfLink(ip, name, family))),
  ]);
  return {
    links,
    routes: routes.flat(),
    rules: { 4: rulesOf(rules4.stdout), 6: rulesOf(rules6.stdout) },
    firewallDigest,
    killSwitchDigest,
  };
}

/** Whether this host can hold IPv6 addresses on an interface that is made now. */
export async function hasIPv6(): Promise<boolean> {
  const settings = await Promise.all(
    ['all', 'default'].map((name) => readSysctl(`net.ipv6.conf.${name}.disable_ipv6`)),
  );
  return settings.every((value) => value === '0');
}

/** The interfaces of a host, with their addresses. */
export async function observeLinks(programs: Programs): Promise<LinkFacts[]> {
  return linksOf((await run(programs.path('ip'), ['-j', 'addr', 'show'])).stdout);
}

/**
 * Whether there is an interface of this name. Asks /proc, which shows the network namespace of the one who asks; /sys shows
 * that of the one who mounted it.
 */
export function linkExists(name: string): boolean {
  return readFileSync('/proc/self/net/dev', 'latin1')
    .split('\n')
    .some((line) => line.trimStart().startsWith(`${name}:`));
}

/** The digest of a table of nftables, family inet, that bears one; null where there is no table of that name. */
export async function observeTable(name: string, programs: Programs): Promise<string | null> {
  const listing = await run(programs.path('nft'), ['-t', 'list', 'table', 'inet', name]).catch(nothing);
  return listing.stdout === '' ? null : (digestOfListing(listing.stdout) ?? 'unknown');
}

/** The value of a kernel setting, or null where there is none of that name. */
export async function readSysctl(key: string): Promise<string | null> {
  const text = await readFile(sysctlPath(key), 'utf8').catch(() => null);
  return text?.trim() ?? null;
}

/** Where the kernel shows a setting as a file. */
export function sysctlPath(key: string): string {
  return `/proc/sys/${key.replaceAll('.', '/')}`;
}

/**
 * Which of the given resources exist, with the values they have. Resources that nobody asks about are not looked for: another
 * helper's, of another user, are its own affair.
 */
export async function presentAmong(
  resources: readonly Resource[],
  observation: Observation,
): Promise<Resource[]> {
  const found = [...linksIn(observation), ...routesIn(observation), ...rulesIn(observation)];
  const existing = new Map(found.map((resource) => [resourceIdentity(resource), resource]));
  const present = await Promise.all(
    resources.map(async (resource): Promise<Resource | null> => {
      if (resource.kind === 'sysctl') {
        const value = await readSysctl(resource.key);
        return value === null ? null : { ...resource, value };
      }
      if (resource.kind === 'firewall') {
        const { firewallDigest: digest } = observation;
        return digest === null ? null : { ...resource, digest };
      }
      if (resource.kind === 'kill-switch') {
        const { killSwitchDigest: digest } = observation;
        return digest === null ? null : { ...resource, digest };
      }
      return existing.get(resourceIdentity(resource)) ?? null;
    }),
  );
  return present.filter((resource) => resource !== null);
}

async function routesOfLink(ip: string, name: string, family: Family): Promise<RouteFacts[]> {
  const args = ['-N', '-j', `-${family}`, 'route', 'show', 'table', 'all', 'dev', name];
  // ip does not repeat the device that it was asked about.
  return routesOf((await run(ip, args).catch(nothing)).stdout, family).map((route) => ({
    ...route,
    device: name,
  }));
}

function linksIn(observation: Observation): Resource[] {
  return observation.links.flatMap((link): Resource[] => [
    { kind: 'link', interface: link.name },
    // A link that somebody has set down takes no packet of any size.
    { kind: 'mtu', interface: link.name, mtu: link.up ? link.mtu : 0 },
    ...link.addresses.flatMap((text): Resource[] => {
      const address = parseInterfaceAddress(text);
      return address === null ? [] : [{ kind: 'address', interface: link.name, address }];
    }),
  ]);
}

function routesIn(observation: Observation): Resource[] {
  return observation.routes.flatMap(({ destination, device, table, metric }): Resource[] => {
    const prefix = parseInterfaceAddress(destination);
    if (prefix === null || device === null) return [];
    return [{ kind: 'route', interface: device, prefix: networkOf(prefix), table, metric }];
  });
}

/** The rules that we might have made: nobody else's have this shape. */
function rulesIn(observation: Observation): Resource[] {
  return ([4, 6] as const).flatMap((family) =>
    observation.rules[family].flatMap((rule): Resource[] => {
      const { priority, inverted, mark, table, suppressedLength } = rule;
      if (priority === pastPriority && rule.decidesNothing) return [{ kind: 'past-rule', family }];
      if (priority === resolverPriority) return resolverRuleOf(family, rule);
      if (isOpeningRule(rule)) return [{ kind: 'opening-rule', family, user: rule.user, priority }];
      if (!inverted || mark === null || table === null) return [];
      const shared = { kind: 'rule', family, priority, exceptMark: mark } as const;
      if (isOurTable(table)) return [{ ...shared, action: { kind: 'tunnels', table } }];
      if (table === localTable) return [{ ...shared, action: { kind: 'local', table } }];
      if (table !== mainTable || suppressedLength === null) return [];
      return [{ ...shared, action: { kind: 'main', longerThan: suppressedLength } }];
    }),
  );
}

/** Its priority may be shared with a rule for prefixes. */
function isOpeningRule(rule: RuleFacts): rule is RuleFacts & { user: number } {
  const { priority, inverted, mark, target, user, protocol } = rule;
  const isPlain = !inverted && mark === null && protocol === null && target === pastPriority;
  return isPlain && user !== null && isOpeningPriority(priority);
}

function resolverRuleOf(family: Family, rule: RuleFacts): Resource[] {
  const { inverted, mark, target, user, destinationPort } = rule;
  const protocol = rule.protocol === protocolNumbers.udp ? 'udp' : 'tcp';
  const isOurs = !inverted && mark === null && target === pastPriority && destinationPort === namePort;
  if (!isOurs || user === null || rule.protocol !== protocolNumbers[protocol]) return [];
  return [{ kind: 'resolver-rule', family, protocol, user }];
}

/** Without IPv6, or without the thing that is asked for, `ip` and `nft` fail where they should find nothing. */
function nothing(error: unknown): { stdout: string } {
  if (error instanceof ProgramError) return { stdout: '' };
  throw error;
}
