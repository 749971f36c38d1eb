import { readFile, writeFile } from 'node:fs/promises';
import { FaultError } from '../../../shared/fault.ts';
import { formatInterfaceAddress, formatPrefix } from '../../../shared/network/prefix.ts';
import type { Family } from '../../../shared/network/address.ts';
import {
  firewallTable,
  namePort,
  outerMark,
  pastPriority,
  resolverPriority,
  routingTable,
  throwawayPriority,
} from '../../../shared/network/plan/constants.ts';
import type { Change } from '../../../shared/network/plan/difference.ts';
import type { ResolverRuleResource, Resource, RuleResource } from '../../../shared/network/plan/resources.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { readSysctl, sysctlPath } from './observe.ts';

/** What a kernel setting was before we changed it, by its key. */
export type EarlierSettings = ReadonlyMap<string, string>;

/**
 * Makes and removes addresses, routes and rules: one `ip` for each family, both at a time. Removing what is gone already is
 * no failure.
 *
 * @throws FaultError `network-change-refused`, with what the system said
 */
export async function performRouting(changes: readonly Change[], programs: Programs): Promise<void> {
  await allOf(([4, 6] as const).map((family) => performFamily(changes, family, programs)));
}

/**
 * Makes and removes kernel settings and our firewall table, at the same time. A setting that is removed gets the value it had,
 * unless somebody has changed it since.
 *
 * @throws FaultError `network-change-refused`, with what the system said
 */
export async function performSettings(
  changes: readonly Change[],
  earlier: EarlierSettings,
  programs: Programs,
): Promise<void> {
  await allOf(
    changes.map(async ({ kind, resource }) => {
      if (resource.kind === 'firewall') {
        if (kind === 'make') await run(programs.path('nft'), ['-f', '-'], { input: resource.ruleset });
        else await removeTable(firewallTable, programs);
      } else if (resource.kind === 'sysctl') {
        const value = kind === 'make' ? resource.value : earlier.get(resource.key);
        const isOurs = kind === 'make' || (await readSysctl(resource.key)) === resource.value;
        if (value !== undefined && isOurs) await writeFile(sysctlPath(resource.key), value);
      }
    }),
  );
}

async function performFamily(changes: readonly Change[], family: Family, programs: Programs): Promise<void> {
  const ip = programs.path('ip');
  const batch = (lines: readonly string[], options: readonly string[]): Promise<unknown> =>
    run(ip, [`-${family}`, ...options, '-batch', '-'], { input: `${lines.join('\n')}\n` });

  const removals = changes.flatMap(({ kind, resource }) =>
    kind === 'remove' ? ipWords('del', resource, family) : [],
  );
  const additions = changes.flatMap(({ kind, resource }) =>
    kind === 'make' ? ipWords('add', resource, family) : [],
  );
  if (removals.length > 0) await batch(removals, ['-force']).catch(unlessGone);
  if (family === 6) await switchOn(changes);
  if (additions.length > 0) await batch([...additions, ...(family === 6 ? forgetRoutes(additions) : [])], []);
}

/** Somebody may have switched IPv6 off on an interface that is to have an address or a route of it. */
async function switchOn(changes: readonly Change[]): Promise<void> {
  const names = changes.flatMap(({ kind, resource }) => {
    if (kind !== 'make') return [];
    const isOfIPv6 =
      (resource.kind === 'address' && resource.address.address.family === 6) ||
      (resource.kind === 'route' && resource.prefix.family === 6);
    return isOfIPv6 ? resource.interface : [];
  });
  for (const name of new Set(names)) {
    // A name may have dots, which a setting's key has not.
    const setting = `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
    if ((await readFile(setting, 'utf8').catch(() => '')).trim() === '1') await writeFile(setting, '0');
  }
}

/**
 * What makes IPv6 sockets and the kernel forget where they sent before: a socket that sends all the while notices a change of
 * rules, but none of routes; and a path MTU learnt from the main table counts as a route to a single address, longer than
 * any of ours.
 */
function forgetRoutes(additions: readonly string[]): string[] {
  if (!additions.some((line) => line.startsWith('route'))) return [];
  const throwaway = `priority ${throwawayPriority} fwmark ${outerMark} lookup ${routingTable(0)}`;
  return [`rule add ${throwaway}`, `rule del ${throwaway}`, 'route flush cache'];
}

/** The line for `ip -batch` that makes or removes a resource, or nothing where that is no business of this family's `ip`. */
function ipWords(verb: 'add' | 'del', resource: Resource, family: Family): string[] {
  switch (resource.kind) {
    case 'mtu':
      // An MTU goes with its link only, and one family's is the other's.
      return family === 4 && verb === 'add'
        ? [`link set dev ${resource.interface} mtu ${resource.mtu} up`]
        : [];
    case 'address':
      if (resource.address.address.family !== family) return [];
      return [`address ${verb} ${formatInterfaceAddress(resource.address)} dev ${resource.interface}`];
    case 'route': {
      const { prefix, table, metric } = resource;
      if (prefix.family !== family) return [];
      return [
        `route ${verb} ${formatPrefix(prefix)} dev ${resource.interface} table ${table} metric ${metric}`,
      ];
    }
    case 'rule':
      return resource.family === family ? [`rule ${verb} ${ruleWords(resource)}`] : [];
    case 'past-rule':
      return resource.family === family ? [`rule ${verb} priority ${pastPriority} nop`] : [];
    case 'resolver-rule':
      return resource.family === family ? [`rule ${verb} ${resolverRuleWords(resource)}`] : [];
    case 'opening-rule': {
      const { user, priority } = resource;
      if (resource.family !== family) return [];
      return [`rule ${verb} priority ${priority} uidrange ${user}-${user} goto ${pastPriority}`];
    }
    case 'link':
    case 'sysctl':
    case 'firewall':
    case 'kill-switch':
      return [];
  }
}

/** All of a rule: `ip rule del` with less of it might take somebody else's. */
function ruleWords({ priority, exceptMark, action }: RuleResource): string {
  const table =
    action.kind === 'main'
      ? `lookup main suppress_prefixlength ${action.longerThan}`
      : `lookup ${action.table}`;
  return `priority ${priority} not fwmark ${exceptMark} ${table}`;
}

function resolverRuleWords({ user, protocol }: ResolverRuleResource): string {
  return `priority ${resolverPriority} uidrange ${user}-${user} ipproto ${protocol} dport ${namePort} goto ${pastPriority}`;
}

/** Removes a table of nftables, family inet; one that is gone already is no failure. */
export async function removeTable(name: string, programs: Programs): Promise<void> {
  const input = `delete table inet ${name}\n`;
  await run(programs.path('nft'), ['-f', '-'], { input }).catch(unlessGone);
}

/** What `ip` and `nft` say of a thing that is not there, among all that they say when they fail. */
const goneMessage =
  /No such (process|file or directory|device)|Cannot (assign requested address|find device)|(table does not exist|[Aa]ddress not found)\.$/;
const anyMessage = /RTNETLINK answers|Error|Cannot/;

function unlessGone(error: unknown): void {
  const messages =
    error instanceof ProgramError ? error.stderr.split('\n').filter((line) => anyMessage.test(line)) : [];
  if (messages.length === 0 || !messages.every((line) => goneMessage.test(line))) throw error;
}

/** Waits for all of them, so that none goes on behind our back, and throws the first failure. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failure = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw refusal(failure.reason);
}

function refusal(error: unknown): unknown {
  if (!(error instanceof ProgramError)) return error;
  return new FaultError({
    code: 'network-change-refused',
    message: `The system refused a change to its network: ${error.message}`,
    hint: 'Everything was undone. Another network program may hold what the tunnel needs: see "ip rule" and "nft list ruleset".',
  });
}
