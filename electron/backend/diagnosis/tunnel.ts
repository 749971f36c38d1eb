import type {
  MtuFacts,
  OutsideFacts,
  PathLimit,
  PeerFacts,
  TunnelFacts,
  WayFacts,
} from '../../../shared/diagnosis/facts.ts';
import { outerSize } from '../../../shared/diagnosis/mtu.ts';
import { isAlive } from '../../../shared/diagnosis/probe.ts';
import type { Destination, Probe } from '../../../shared/diagnosis/probe.ts';
import { carrierOf, greetingsFor } from '../../../shared/diagnosis/targets.ts';
import type { Greeting } from '../../../shared/diagnosis/targets.ts';
import { faultOf } from '../../../shared/fault.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import type { PeerStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { HelperConnection } from '../helper-client/connection.ts';
import type { Profile } from '../profiles/profile.ts';
import { askByDns, askByPing } from './ask.ts';
import { askEndpoint, askSilentPeer, byOf, lookOutside } from './outside.ts';
import type { OwnHandshake } from './outside.ts';
import { measurePath } from './path-limit.ts';
import { awaitSessions, wake } from './sessions.ts';
import { followWay } from './way.ts';

/** With more peers than this, only the first are asked, unless an address says which one matters. */
const mostPeers = 16;

/** Milliseconds in which a peer that can be reached shakes hands, and beyond which it may only have missed one attempt of every 5 s. */
const handshakePatience = { first: 800, rest: 5_200 } as const;

const patience = 1_000;

/** Milliseconds a name server may take. */
const namePatience = 3_000;

/** The sizes between which a path is searched: what WireGuard fills up to inside, and what links are made in outside. Bytes. */
const sizeSteps = { inside: 16, outside: 4 } as const;

/** A tunnel that is not up. */
export function tunnelThatIsDown(profile: Profile): TunnelFacts {
  const { problem } = readProfile(profile);
  return { ...nothing, name: profile.name, status: null, problem };
}

const nothing = {
  peers: [],
  way: null,
  mtu: { inside: null, outside: null },
  nameServers: [],
  cluster: null,
} as const;

/**
 * Finds out what there is to know of a tunnel that is up.
 *
 * @param profile null where it is gone
 * @param destination that somebody asked about, where packets to it go into this tunnel; null looks into all peers
 */
export async function examineTunnel(
  status: TunnelStatus,
  profile: Profile | null,
  destination: Destination | null,
  helper: HelperConnection,
): Promise<TunnelFacts> {
  const { tunnel, problem } = profile === null ? { tunnel: null, problem: null } : readProfile(profile);
  const address = destination === null ? null : parseAddress(destination.host);
  const carrier = address === null ? null : carrierOf(address, status.peers);
  const concerned =
    destination === null
      ? status.peers.slice(0, mostPeers)
      : status.peers.filter(({ publicKey }) => publicKey === carrier?.publicKey);
  const nameServers = Promise.all(
    (tunnel?.dns.servers ?? []).map((server) => askByDns(server, namePatience)),
  );
  const { latest, outsides } = await meetPeers(concerned, status, tunnel, helper);
  const [peers, way] = await Promise.all([
    Promise.all(concerned.map((peer) => askPeer(peer, latest, outsides, tunnel, helper))),
    destination === null || carrier === null || !isConnected(carrier.publicKey, latest)
      ? null
      : followWay(destination, carrier, latest),
  ]);
  const isReached = way !== null && (way.probes.some(isAlive) || way.members.length > 0);
  return {
    name: status.name,
    status: latest,
    problem,
    peers: isReached ? peers : await Promise.all(peers.map(askOutsideIfQuiet)),
    way,
    mtu: await measureMtu(latest, peers, way),
    nameServers: await nameServers,
    cluster: null,
  };
}

type Outsides = ReadonlyMap<string, OutsideFacts>;

/** Gives every peer the time to shake hands, and meanwhile asks the endpoints of those that do not. */
async function meetPeers(
  peers: readonly PeerStatus[],
  status: TunnelStatus,
  tunnel: Tunnel | null,
  helper: HelperConnection,
): Promise<{ latest: TunnelStatus; outsides: Outsides }> {
  wake(peers, status);
  const keys = new Set(peers.map(({ publicKey }) => publicKey));
  const found = new Map<string, OutsideFacts>();
  for (const { publicKey, endpoint } of peers) {
    if (endpoint !== null) found.set(publicKey, await lookOutside(endpoint, status, helper));
  }
  const early = await awaitSessions(helper, status, keys, handshakePatience.first);
  const silent = early.peers.filter(({ publicKey }) => keys.has(publicKey) && !isConnected(publicKey, early));
  const [latest] = await Promise.all([
    awaitSessions(helper, early, keys, handshakePatience.rest),
    ...silent.map(async ({ publicKey }) => {
      const outside = found.get(publicKey);
      if (outside !== undefined)
        found.set(publicKey, await askSilentPeer(outside, handshakeOf(publicKey, tunnel)));
    }),
  ]);
  return { latest, outsides: found };
}

function handshakeOf(publicKey: string, tunnel: Tunnel | null): OwnHandshake | null {
  const peer = tunnel?.peers.find((other) => other.publicKey === publicKey);
  return tunnel === null || peer === undefined ? null : { privateKey: tunnel.privateKey, peer };
}

async function askPeer(
  { publicKey }: PeerStatus,
  latest: TunnelStatus,
  outsides: Outsides,
  tunnel: Tunnel | null,
  helper: HelperConnection,
): Promise<PeerFacts> {
  const status = latest.peers.find((peer) => peer.publicKey === publicKey);
  if (status === undefined) throw new RangeError('a peer that is asked is there');
  const configured = tunnel?.peers.find((peer) => peer.publicKey === publicKey) ?? null;
  const greetings = greetingsFor(status, latest);
  const inside = await Promise.all(
    (status.state === 'connected' ? greetings : []).map(({ address, hops }) =>
      askByPing('peer', address, { wait: patience, count: 2, hops }),
    ),
  );
  return {
    status,
    endpointName: configured?.endpoint?.host ?? null,
    hasPresharedKey: configured === null ? null : configured.presharedKey !== null,
    outside: outsides.get(publicKey) ?? null,
    inside,
    refused: inside.some(({ by }) => by !== null) ? null : await findRefused(greetings, helper),
  };
}

/** Whether this machine lets packets go to the first of some addresses at all. */
async function findRefused(
  [first]: readonly Greeting[],
  helper: HelperConnection,
): Promise<PeerFacts['refused']> {
  if (first === undefined) return null;
  const { address } = first;
  const { interface: device, verdict } = await helper.ask('explain', { destination: address, mark: 0 });
  return device === null ? { address, verdict } : null;
}

/** A session may have outlived its peer: where nobody inside says a word, the endpoint is asked too. */
async function askOutsideIfQuiet(peer: PeerFacts): Promise<PeerFacts> {
  const { status, inside, outside } = peer;
  const isQuiet = inside.length > 0 && inside.every(({ by }) => by === null);
  if (!isQuiet || outside === null || status.state !== 'connected') return peer;
  return { ...peer, outside: { ...outside, probes: await askEndpoint(outside) } };
}

/** Measures how large packets may be, towards the address that was asked about or else any peer that answers. */
async function measureMtu(
  { mtu, peers: statuses }: TunnelStatus,
  peers: readonly PeerFacts[],
  way: WayFacts | null,
): Promise<MtuFacts> {
  if (mtu === null || !statuses.some(({ state }) => state === 'connected')) return nothing.mtu;
  const inside = await measureFirst(candidatesFor(peers, way), mtu);
  if (inside !== null && inside.largest === inside.tried) return { inside, outside: null };
  const outside = peers.find(
    ({ status, outside: found }) => status.state === 'connected' && found?.interface,
  )?.outside;
  if (outside === undefined || outside === null) return { inside, outside: null };
  const most = outerSize(mtu, outside.address.includes(':') ? 6 : 4);
  const question = {
    target: 'endpoint',
    address: outside.address,
    step: sizeSteps.outside,
    by: byOf(outside),
  } as const;
  return { inside, outside: await measurePath({ ...question, most }) };
}

async function measureFirst(candidates: readonly Probe[], most: number): Promise<PathLimit | null> {
  for (const { target, address } of candidates) {
    const limit = await measurePath({ target, address, most, step: sizeSteps.inside, by: null });
    if (limit !== null) return limit;
  }
  return null;
}

/** Who has answered, or said something on the way, through the tunnel; the farthest first. */
function candidatesFor(peers: readonly PeerFacts[], way: WayFacts | null): Probe[] {
  const probes = [...(way?.probes ?? []), ...(way?.hops ?? []), ...peers.flatMap(({ inside }) => inside)];
  const answered = probes.filter(({ method, outcome }) => method === 'ping' && outcome === 'answered');
  const passed = probes.flatMap((probe) =>
    probe.outcome === 'expired' && probe.by !== null
      ? { ...probe, target: 'peer' as const, address: probe.by }
      : [],
  );
  const all = [...answered, ...passed];
  return all
    .filter(({ address }, index) => all.findIndex((other) => other.address === address) === index)
    .slice(0, 3);
}

function readProfile(profile: Profile): Pick<TunnelFacts, 'problem'> & { tunnel: Tunnel | null } {
  try {
    return { tunnel: profile.tunnel(), problem: null };
  } catch (error) {
    return { tunnel: null, problem: faultOf(error) };
  }
}

function isConnected(publicKey: string, { peers }: TunnelStatus): boolean {
  return peers.find((peer) => peer.publicKey === publicKey)?.state === 'connected';
}
