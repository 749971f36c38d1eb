import { FaultError } from '../../../shared/fault.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { explainRouting } from '../../../shared/network/host/explanation.ts';
import type { RoutingExplanation } from '../../../shared/network/host/explanation.ts';
import { refuses } from '../../../shared/network/host/host-network.ts';
import { ownersOn } from '../../../shared/network/host/ownership.ts';
import type { Owner, TunnelNames } from '../../../shared/network/host/ownership.ts';
import { lossText, passText, routeText, ruleText } from '../../../shared/network/host/words.ts';
import { contains } from '../../../shared/network/prefix.ts';
import { lookUpBySystem } from '../endpoints/system-lookup.ts';
import { wordsOfFailure } from '../endpoints/resolve.ts';
import { readHostNetwork } from '../network/host.ts';
import { routeFor } from '../network/routes-to.ts';
import type { Programs } from '../system/programs.ts';
import type { NamesInUse } from './advice.ts';
import type { LiveTunnel } from './live-tunnel.ts';

/** TCP and UDP alike are looked up as UDP, which is what `ip route get` asks for. */
const protocols = { 4: 17, 6: 0 } as const;

/** Whoever sends packets with a mark is root. */
const root = 0;

/** A packet that is asked about. */
export interface Question {
  /** An address, or a name that is looked up. */
  readonly destination: string;
  /** 0 is none. */
  readonly mark: number;
  /** The number of the user who would send it without a mark. */
  readonly user: number;
}

/**
 * Where a packet of this host would go, and why not elsewhere. The way (interface, gateway, source) is the kernel's own answer: of several
 * next hops it alone knows which it takes.
 *
 * @param names of the tunnels that are up, other users' too
 * @throws FaultError `endpoint-unresolved` for a name that has no address
 */
export async function explain(
  { destination, mark, user: asker }: Question,
  tunnels: readonly LiveTunnel[],
  names: TunnelNames,
  programs: Programs,
  servers: NamesInUse,
): Promise<HelperResult<'explain'>> {
  const address = await addressOf(destination);
  const text = formatAddress(address);
  const user = mark === 0 ? asker : root;
  const [host, asked, way] = await Promise.all([
    readHostNetwork(programs),
    text === destination ? [] : servers.serversFor(destination),
    routeFor(text, mark, user, programs),
  ]);
  const found = explainRouting(host, {
    destination: address,
    mark,
    user,
    protocol: protocols[address.family],
  });
  const device = way?.device ?? null;
  const live = tunnels.find((tunnel) => tunnel.interface === device);
  const owner = device === null ? null : ownersOn(host, names)(device);
  return {
    destination: text,
    name: text === destination ? null : destination,
    nameServers: asked,
    mark: mark === 0 ? null : mark,
    tunnel: live?.prepared.tunnel.name ?? null,
    peer: live === undefined ? null : peerFor(address, live),
    interface: device,
    owner: owner === null ? null : { kind: owner.kind, interface: owner.interface, name: owner.name },
    gateway: way?.gateway ?? null,
    source: way?.source ?? null,
    route: found.route === null ? null : routeText(found.route),
    rule: found.rule === null ? null : ruleText(found.rule),
    passed: found.passed.map(({ rule, reason }) => ({ rule: ruleText(rule), reason: passText(reason) })),
    losers: found.losers.map(({ route, reason }) => ({ route: routeText(route), reason: lossText(reason) })),
    verdict: owner === null ? refusalVerdict(text, found) : verdictOf(address, found, owner, live),
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

/** Why the kernel does not let a packet go. */
function refusalVerdict(address: string, { route, rule }: RoutingExplanation): string {
  if (route === null)
    return rule === null ? `No route leads to ${address}.` : `${address} is refused by a rule.`;
  return refuses(route)
    ? `${address} is refused by a route: ${routeText(route)}.`
    : `${address} is refused by the kernel, although a route leads there: ${routeText(route)}.`;
}

function verdictOf(
  address: Address,
  { route }: RoutingExplanation,
  owner: Owner,
  live: LiveTunnel | undefined,
): string {
  const text = formatAddress(address);
  if (route?.kind === 'local') return `${text} is this machine itself.`;
  if (live === undefined) {
    const whose = owner.kind === 'vpn' ? ', another VPN’s' : '';
    return owner.user === null
      ? `${text} goes out by ${owner.interface}${whose}, through no tunnel of Adit.`
      : `${text} goes into the tunnel ${owner.interface} of user ${owner.user}.`;
  }
  const peer = peerFor(address, live);
  const { name } = live.prepared.tunnel;
  if (peer === null)
    return `${text} goes into the tunnel "${name}", which drops it: no peer has it in its AllowedIPs.`;
  return `${text} goes through the tunnel "${name}" to ${peer.name ?? peer.publicKey}.`;
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
