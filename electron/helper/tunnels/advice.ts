import { FaultError } from '../../../shared/fault.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { explainRouting } from '../../../shared/network/host/explanation.ts';
import type { RoutingExplanation } from '../../../shared/network/host/explanation.ts';
import { lossText, passText, routeText, ruleText } from '../../../shared/network/host/words.ts';
import { findConflicts } from '../../../shared/network/plan/conflicts.ts';
import type { Conflict } from '../../../shared/network/plan/conflicts.ts';
import { wordsOf } from '../../../shared/network/plan/conflict-words.ts';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { differenceOf } from '../../../shared/network/plan/difference.ts';
import { killSwitchOf } from '../../../shared/network/plan/kill-switch.ts';
import { routedPrefixes } from '../../../shared/network/plan/planned-tunnel.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { contains, formatPrefix } from '../../../shared/network/prefix.ts';
import { membershipOf } from '../../../shared/network/prefix-table.ts';
import { addressOfEndpoint } from '../endpoints/endpoint.ts';
import { lookUpBySystem } from '../endpoints/system-lookup.ts';
import { wordsOfFailure } from '../endpoints/resolve.ts';
import { readHostNetwork } from '../network/host.ts';
import { routesTo } from '../network/routes-to.ts';
import type { Programs } from '../system/programs.ts';
import { resolverNumbers } from '../system/resolver-user.ts';
import type { LiveTunnel } from './live-tunnel.ts';
import { plannedTunnel } from './prepared.ts';
import type { PreparedTunnel } from './prepared.ts';

/** TCP and UDP alike are looked up as UDP, which is what `ip route get` asks for. */
const protocols = { 4: 17, 6: 0 } as const;

/** How somebody has decided about conflicts before they are known. */
export interface Decisions {
  /** Codes of conflicts to go on in spite of. */
  readonly accept: readonly string[];
  /** Whether what is in conflict stays out of the tunnel. */
  readonly subtract: boolean;
}

/** Who is asked for names, all by address. */
export interface NamesInUse {
  /** The servers that names go to without the tunnels. */
  uplinkServers(): Promise<string[]>;
  /** The servers that answer for a name now. */
  serversFor(name: string): Promise<string[]>;
}

/** The conflicts of a tunnel with the host as it is and the other tunnels that are up. Changes nothing. */
export async function conflictsOf(
  prepared: PreparedTunnel,
  others: readonly LiveTunnel[],
  programs: Programs,
  names: NamesInUse,
): Promise<Conflict[]> {
  const [host, uplinkServers] = await Promise.all([readHostNetwork(programs), names.uplinkServers()]);
  const servers = uplinkServers.flatMap((server) => parseAddress(server) ?? []);
  const tunnels = new Map(others.map((live) => [live.interface, { name: live.prepared.tunnel.name }]));
  return findConflicts(plannedTunnel(prepared), { host, tunnels, nameServers: servers });
}

/**
 * The tunnel as it may come up: without what it is in conflict with where that is to be subtracted, and with a warning for
 * everything that was gone on in spite of.
 *
 * @throws FaultError with the code of the first conflict that nobody has decided about
 */
export function decide(
  prepared: PreparedTunnel,
  conflicts: readonly Conflict[],
  { accept, subtract }: Decisions,
): PreparedTunnel {
  const subtracted = conflicts.filter((conflict) => subtract && canBeSubtracted(conflict));
  const open = conflicts.filter((conflict) => !subtracted.includes(conflict));
  const stopping = open.filter(({ code, severity }) => severity === 'error' && !accept.includes(code));
  const [first] = stopping;
  if (first !== undefined) throw new FaultError(stoppedBy(first, stopping, prepared));
  return {
    ...prepared,
    withheld: [...prepared.withheld, ...subtracted.map(({ against }) => against)],
    warnings: [
      ...prepared.warnings,
      ...open.map((conflict) => ({ code: conflict.code, ...wordsOf(conflict) })),
      ...subtracted.map(({ against, owner }) => ({
        code: 'subtracted',
        message: `${formatPrefix(against)} stays out of the tunnel: it is on ${owner.interface}.`,
        hint: 'So it was asked with --subtract. Bring the tunnel up without it to change that.',
      })),
    ],
  };
}

/** What would be done for a tunnel, and what it would run into. */
export function planOf(
  prepared: PreparedTunnel,
  conflicts: readonly Conflict[],
  others: readonly LiveTunnel[],
): Omit<HelperResult<'plan'>, 'dns'> {
  const standing = others.map((live) => plannedTunnel(live.prepared));
  const planned = plannedTunnel(prepared);
  const prefixes = routedPrefixes(planned);
  const isInside = membershipOf(prefixes);
  const { scripts } = prepared.tunnel;
  const changes = differenceOf(wantedBy([...standing, planned]), wantedBy(standing));
  return {
    name: prepared.tunnel.name,
    interface: prepared.tunnel.interface,
    mtu: prepared.mtu,
    routes: prefixes.map(formatPrefix),
    exempt: Object.values(prepared.endpoints).filter((endpoint) => {
      const address = parseAddress(addressOfEndpoint(endpoint));
      return address !== null && isInside(address);
    }),
    steps: [
      ...scripts.PreUp.map((command) => `run PreUp: ${command}`),
      ...changes.map(({ kind, resource }) => `${kind} ${resourceIdentity(resource)}`),
      ...scripts.PostUp.map((command) => `run PostUp: ${command}`),
    ],
    conflicts: conflicts.map((conflict) => ({
      code: conflict.code,
      severity: conflict.severity,
      prefix: formatPrefix(conflict.prefix),
      against: formatPrefix(conflict.against),
      owner: conflict.owner,
      ...wordsOf(conflict),
      choices: choicesFor(conflict),
    })),
    warnings: [...prepared.warnings],
  };
}

/** Everything that tunnels need of the network, but for what the kill switch says of the LAN. */
function wantedBy(tunnels: readonly PlannedTunnel[]): Resource[] {
  const { user } = resolverNumbers();
  const killSwitch = killSwitchOf(tunnels, { resolver: user, lan: [], opening: null });
  return [...(killSwitch === null ? [] : [killSwitch]), ...desiredNetwork(tunnels, user)];
}

/**
 * Where a packet of this host would go, and why not elsewhere.
 *
 * @param destination an address, or a name that is looked up
 * @throws FaultError `endpoint-unresolved` for a name that has no address
 */
export async function explain(
  destination: string,
  mark: number,
  tunnels: readonly LiveTunnel[],
  programs: Programs,
  names: NamesInUse,
): Promise<HelperResult<'explain'>> {
  const address = await addressOf(destination);
  const text = formatAddress(address);
  const [host, servers, [kernelRoute]] = await Promise.all([
    readHostNetwork(programs),
    text === destination ? [] : names.serversFor(destination),
    routesTo([address.family === 6 ? `[${text}]:0` : `${text}:0`], mark, programs),
  ]);
  const packet = { destination: address, mark, user: 0, protocol: protocols[address.family] };
  const found = explainRouting(host, packet);
  const live = tunnels.find((tunnel) => tunnel.interface === found.route?.device);
  return {
    destination: text,
    name: text === destination ? null : destination,
    nameServers: servers,
    mark: mark === 0 ? null : mark,
    tunnel: live?.prepared.tunnel.name ?? null,
    peer: live === undefined ? null : peerFor(address, live),
    interface: found.route?.kind === 'local' ? 'lo' : (found.route?.device ?? null),
    gateway:
      found.route?.gateway === undefined || found.route.gateway === null
        ? null
        : formatAddress(found.route.gateway),
    source: kernelRoute?.source ?? null,
    route: found.route === null ? null : routeText(found.route),
    rule: found.rule === null ? null : ruleText(found.rule),
    passed: found.passed.map(({ rule, reason }) => ({ rule: ruleText(rule), reason: passText(reason) })),
    losers: found.losers.map(({ route, reason }) => ({ route: routeText(route), reason: lossText(reason) })),
    verdict: verdictOf(text, found, live),
  };
}

/** The peer of a tunnel that carries an address: that with the longest prefix of its own around it. */
function peerFor(address: Address, live: LiveTunnel): { publicKey: string; name: string | null } | null {
  const [best] = live.prepared.tunnel.peers
    .flatMap((peer) => peer.allowedIps.map((prefix) => ({ peer, prefix })))
    .filter(({ prefix }) => contains(prefix, address))
    // Of one prefix, the peer that claimed it last.
    .reverse()
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return best === undefined ? null : { publicKey: best.peer.publicKey, name: best.peer.name };
}

function verdictOf(
  address: string,
  { route, rule }: RoutingExplanation,
  live: LiveTunnel | undefined,
): string {
  if (route === null && rule !== null) return `${address} is refused by a rule.`;
  if (route === null) return `No route leads to ${address}.`;
  if (route.kind === 'local') return `${address} is this machine itself.`;
  if (route.device === null) return `${address} is refused by a route: ${route.kind}.`;
  if (live === undefined) return `${address} goes out by ${route.device}, through no tunnel of Adit.`;
  const peer = peerFor(parseAddress(address) ?? route.prefix, live);
  const { name } = live.prepared.tunnel;
  if (peer === null)
    return `${address} goes into the tunnel "${name}", which drops it: no peer has it in its AllowedIPs.`;
  return `${address} goes through the tunnel "${name}" to ${peer.name ?? peer.publicKey}.`;
}

async function addressOf(destination: string): Promise<Address> {
  const literal = parseAddress(destination);
  if (literal !== null) return literal;
  const outcome = await lookUpBySystem(destination);
  const resolved = outcome.kind === 'found' ? parseAddress(outcome.addresses[0] ?? '') : null;
  if (resolved !== null) return resolved;
  throw new FaultError({
    code: 'endpoint-unresolved',
    message: `"${destination}" is no address, and no name that has one${outcome.kind === 'none' ? `: ${wordsOfFailure(outcome.reason)}` : ''}.`,
    hint: 'Give an address, or check the name and the name server.',
  });
}

function canBeSubtracted({ code }: Conflict): boolean {
  return code === 'route-taken' || code === 'gateway-captured' || code === 'name-server-captured';
}

function choicesFor(conflict: Conflict): ('subtract' | 'accept' | 'stop')[] {
  if (conflict.severity === 'warning') return [];
  return canBeSubtracted(conflict) ? ['subtract', 'accept', 'stop'] : ['accept', 'stop'];
}

function stoppedBy(
  first: Conflict,
  all: readonly Conflict[],
  { tunnel }: PreparedTunnel,
): FaultError['fault'] {
  const { message, hint } = wordsOf(first);
  const more = all.length === 1 ? '' : ` (and ${all.length - 1} more: see "adit plan")`;
  const ways = [
    ...(canBeSubtracted(first) ? ['--subtract'] : []),
    ...[...new Set(all.map(({ code }) => `--accept ${code}`))],
  ];
  return {
    code: first.code,
    message: `${message}${more}`,
    hint: `Nothing was changed. ${hint} Ways on: ${ways.join(', or ')}.`,
    command: `adit plan ${JSON.stringify(tunnel.name)}`,
  };
}
