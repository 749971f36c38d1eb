import { FaultError } from '../../../shared/fault.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Family } from '../../../shared/network/address.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import type { TunnelNames } from '../../../shared/network/host/ownership.ts';
import { findConflicts } from '../../../shared/network/plan/conflicts.ts';
import type { Conflict } from '../../../shared/network/plan/conflicts.ts';
import { wordsOf } from '../../../shared/network/plan/conflict-words.ts';
import { differenceOf } from '../../../shared/network/plan/difference.ts';
import { killSwitchOf } from '../../../shared/network/plan/kill-switch.ts';
import { familiesWithLateLocal } from '../../../shared/network/plan/late-local.ts';
import { desiredBeside, takenBy } from '../../../shared/network/plan/neighbours.ts';
import type { Neighbour, Sole } from '../../../shared/network/plan/neighbours.ts';
import { routedPrefixes } from '../../../shared/network/plan/planned-tunnel.ts';
import { withoutLink } from '../../../shared/network/plan/with-tunnel.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import { membershipOf } from '../../../shared/network/prefix-table.ts';
import { addressOfEndpoint } from '../endpoints/endpoint.ts';
import { readHostNetwork } from '../network/host.ts';
import type { Programs } from '../system/programs.ts';
import { resolverNumbers } from '../system/resolver-user.ts';
import { soleTaken } from './faults.ts';
import type { LiveTunnel } from './live-tunnel.ts';
import type { NameConflict } from './name-advice.ts';
import { plannedTunnel, shownWarnings } from './prepared.ts';
import type { PreparedTunnel, PreparedWarning } from './prepared.ts';

/** How somebody has decided about conflicts before they are known. */
export interface Decisions {
  /** Codes of conflicts to go on in spite of. */
  readonly accept: readonly string[];
  /** Whether what is in conflict stays out of the tunnel. */
  readonly subtract: boolean;
  /** Whether the owner's tunnels that are in conflict go down for it. */
  readonly switch?: boolean;
  /** Whether only the peers and addresses of a tunnel that is up are to be others. */
  readonly peersOnly?: boolean;
}

/** Who is asked for names, all by address. */
export interface NamesInUse {
  /** The servers that names go to without the tunnels. */
  uplinkServers(): Promise<string[]>;
  /** The servers that answer for a name now. */
  serversFor(name: string): Promise<string[]>;
}

/** What stands in a tunnel's way. */
export interface Foreseen {
  readonly conflicts: readonly Conflict[];
  /** What the machine has once, and another user has already: nobody here can decide about that. */
  readonly taken: { readonly sole: Sole; readonly neighbour: Neighbour } | null;
  /** The families in which nobody asks for this machine's own addresses before the rules of a tunnel. */
  readonly lateLocal: readonly Family[];
}

/** The other tunnels that are up. */
export interface Others {
  readonly own: readonly LiveTunnel[];
  /** Those of other users. */
  readonly beside: readonly Neighbour[];
}

/**
 * What of a tunnel is in conflict with the host as it is and the other tunnels that are up. Changes nothing.
 *
 * @param leaving the interfaces of tunnels that will have gone by then, and are not among the others
 */
export async function foresee(
  prepared: PreparedTunnel,
  others: Others,
  leaving: readonly string[],
  programs: Programs,
  names: NamesInUse,
): Promise<Foreseen> {
  const [found, uplinkServers] = await Promise.all([readHostNetwork(programs), names.uplinkServers()]);
  const nameServers = uplinkServers.flatMap((server) => parseAddress(server) ?? []);
  const planned = plannedTunnel(prepared);
  const host = leaving.reduce(withoutLink, found);
  const conflicts = findConflicts(planned, { host, tunnels: tunnelNames(others), nameServers });
  const taken = takenBy([planned], others.beside);
  // Where only the first user may have it, that is all there is to say.
  const isSaid = ({ code, owner }: Conflict): boolean =>
    code === 'full-tunnel-twice' && owner.user !== null && taken?.sole === 'full tunnel';
  return {
    conflicts: conflicts.filter((conflict) => !isSaid(conflict)),
    taken,
    lateLocal: familiesWithLateLocal(host.rules),
  };
}

/** The names of tunnels, by interface. */
export function tunnelNames({ own, beside }: Others): TunnelNames {
  return new Map([
    ...beside.map(({ tunnel, owner }): [string, { name: string; user: number | null }] => [
      tunnel.interface,
      { name: tunnel.interface, user: owner },
    ]),
    ...own.map((live): [string, { name: string; user: number | null }] => [
      live.interface,
      { name: live.prepared.tunnel.name, user: null },
    ]),
  ]);
}

/**
 * The tunnel as it may come up: without what it is in conflict with where that is to be subtracted, and with a warning for
 * everything that was gone on in spite of.
 *
 * @throws FaultError with the code of the first conflict that nobody has decided about, or nobody can
 */
export function decide(
  prepared: PreparedTunnel,
  { conflicts, taken }: Foreseen,
  { accept, subtract }: Decisions,
): PreparedTunnel {
  if (taken !== null) throw soleTaken(taken);
  const subtracted = conflicts.filter((conflict) => subtract && canBeSubtracted(conflict));
  const open = conflicts.filter((conflict) => !subtracted.includes(conflict));
  const stopping = open.filter(({ code, severity }) => severity === 'error' && !accept.includes(code));
  const [first] = stopping;
  if (first !== undefined) throw new FaultError(stoppedBy(first, stopping, prepared));
  // A gateway may be the name server as well.
  const withheld = new Map(subtracted.map((conflict) => [formatPrefix(conflict.against), conflict]));
  return {
    ...prepared,
    withheld: [...prepared.withheld, ...[...withheld.values()].map(({ against }) => against)],
    warnings: [
      ...prepared.warnings,
      ...open.map(warningOf),
      ...[...withheld].map(([text, { owner }]) => ({
        code: 'subtracted',
        message: `${text} stays out of the tunnel: it is on ${owner.interface}.`,
        hint: 'So it was asked with --subtract. Bring the tunnel up without it to change that.',
      })),
    ],
  };
}

/** The interfaces of the owner's tunnels that have to go before a tunnel can come up, unless somebody goes on in spite of them. */
export function inTheWay(
  { conflicts }: Foreseen,
  names: NameConflict | null,
  { accept }: Decisions,
): ReadonlySet<string> {
  const ofRoutes = conflicts.filter((conflict) => conflict.severity === 'error' && isOwnTunnel(conflict));
  const all = [...ofRoutes, ...(names === null ? [] : [names])];
  return new Set(all.filter(({ code }) => !accept.includes(code)).map(({ owner }) => owner.interface));
}

/** What is about another tunnel holds as long as that is up. */
function warningOf(conflict: Conflict): PreparedWarning {
  const { code, owner } = conflict;
  const warning = { code, ...wordsOf(conflict) };
  return owner.kind === 'tunnel' ? { ...warning, about: owner.interface } : warning;
}

/** What would be done for a tunnel, and what it would run into. */
export function planOf(
  prepared: PreparedTunnel,
  { conflicts, taken, lateLocal }: Foreseen,
  { own, beside }: Others,
): Omit<HelperResult<'plan'>, 'dns'> {
  const standing = own.map((live) => plannedTunnel(live.prepared));
  const planned = plannedTunnel(prepared);
  const prefixes = routedPrefixes(planned);
  const isInside = membershipOf(prefixes);
  const { scripts } = prepared.tunnel;
  const changes = differenceOf(
    wantedBy([...standing, planned], beside, lateLocal),
    wantedBy(standing, beside, lateLocal),
  );
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
    conflicts: [...(taken === null ? [] : [soleConflict(taken)]), ...conflicts.map(shown)],
    warnings: shownWarnings(prepared),
  };
}

type ShownConflict = HelperResult<'plan'>['conflicts'][number];

function shown(conflict: Conflict): ShownConflict {
  const { code, severity, prefix, against, owner } = conflict;
  return {
    code,
    severity,
    prefix: formatPrefix(prefix),
    against: formatPrefix(against),
    owner: { kind: owner.kind, interface: owner.interface, name: owner.name },
    ...wordsOf(conflict),
    choices: choicesFor(conflict),
  };
}

function soleConflict(taken: NonNullable<Foreseen['taken']>): ShownConflict {
  const { code, message, hint } = soleTaken(taken).fault;
  const { interface: name } = taken.neighbour.tunnel;
  const owner = { kind: 'tunnel', interface: name, name } as const;
  return { code, severity: 'error', prefix: '.', against: '.', owner, message, hint, choices: ['stop'] };
}

/** Everything that tunnels need of the network, but for what the kill switch says of the LAN. */
function wantedBy(
  tunnels: readonly PlannedTunnel[],
  beside: readonly Neighbour[],
  lateLocal: readonly Family[],
): Resource[] {
  const { user } = resolverNumbers();
  const theirs = beside.map(({ tunnel }) => ({ ...tunnel, killSwitch: null }));
  const killSwitch = killSwitchOf([...tunnels, ...theirs], { resolver: user, lan: [], opening: null });
  return [...(killSwitch === null ? [] : [killSwitch]), ...desiredBeside(tunnels, beside, user, lateLocal)];
}

function canBeSubtracted({ code }: Conflict): boolean {
  return code === 'route-taken' || code === 'gateway-captured' || code === 'name-server-captured';
}

function choicesFor(conflict: Conflict): ('subtract' | 'accept' | 'stop')[] {
  if (conflict.severity === 'warning') return [];
  return canBeSubtracted(conflict) ? ['subtract', 'accept', 'stop'] : ['accept', 'stop'];
}

function isOwnTunnel({ owner }: Conflict): boolean {
  return owner.kind === 'tunnel' && owner.user === null;
}

function stoppedBy(
  first: Conflict,
  all: readonly Conflict[],
  { tunnel }: PreparedTunnel,
): FaultError['fault'] {
  const { message, hint } = wordsOf(first);
  const more = all.length === 1 ? '' : ` (and ${all.length - 1} more: see "adit plan")`;
  const ways = [
    ...(isOwnTunnel(first) ? [`--switch, which takes "${first.owner.name}" down in the same step`] : []),
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
