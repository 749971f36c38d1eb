import { setTimeout as sleep } from 'node:timers/promises';
import type { Neighbour, WayFacts } from '../../../shared/diagnosis/facts.ts';
import { isAlive } from '../../../shared/diagnosis/probe.ts';
import type { Destination, Probe, ProbeTarget } from '../../../shared/diagnosis/probe.ts';
import { looksLikeService } from '../../../shared/diagnosis/services.ts';
import { addressesAround, ownNetworks, podAddresses } from '../../../shared/diagnosis/targets.ts';
import type { Carrier } from '../../../shared/diagnosis/targets.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import { contains, formatPrefix } from '../../../shared/network/prefix.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { askByPing, askByTcp, askByUdp } from './ask.ts';

/** Milliseconds an answer may take that comes at once where it comes at all. */
const patience = 1_000;

/** The same where hundreds are asked at once. */
const searchPatience = 2_000;

/** Milliseconds for a router to look for a host in its own network, and to say that it is not there. */
const lookingPatience = 4_000;

/** Milliseconds a TCP connection may take: a first packet that was lost is sent again after one second. */
const tcpPatience = 2_500;

/** Milliseconds after which a host says again that there is no way. @see Linux net.ipv4.icmp_ratelimit */
const complaintPause = 1_200;

/** The ports at which an address is knocked where none was named: most hosts that answer no ping listen on one of them, or refuse. */
const usualPorts = [80, 443, 22] as const;

/** The same for a Service. */
const servicePorts = [80, 443] as const;

/** Farther than a relay and a gateway nobody is behind a tunnel; one more, to see that. */
const mostHops = 4;

/** With more who answer than this, the nearest are known well enough. */
const mostMeasured = 8;

/** Addresses at which gateways like to be, by the end of their network; they are pinged too, where UDP may be dropped. */
const usualEnds = [1, 2, 253, 254] as const;

/** Follows the way to an address through a tunnel, and looks around where it ends too early. Takes about 9 s at most. */
export async function followWay(
  destination: Destination,
  { publicKey, prefix }: Carrier,
  status: TunnelStatus,
): Promise<WayFacts> {
  const way = { destination, peer: publicKey, prefix: formatPrefix(prefix) };
  const address = parseAddress(destination.host);
  if (address !== null && looksLikeService(address)) {
    const probes = await askService(destination);
    const pods = probes.some(isAlive) ? [] : await askPods(podAddresses(address, status));
    return { ...way, ...nobody, hops: [], probes, pods };
  }
  const [hops, probes] = await Promise.all([countHops(destination.host), askAddress(destination)]);
  const known = { ...way, hops };
  if (address === null || probes.some(isAlive)) return { ...known, ...nobody, probes };

  const memberAddresses = ownNetworks(status).flatMap((own) =>
    addressesAround(own.address, own.network, status, publicKey),
  );
  const isMember = ownNetworks(status).some(({ network }) => contains(network, address));
  const around = isMember ? [] : addressesAround(address, prefix, status, publicKey);
  const [members, neighbours, late, knocks] = await Promise.all([
    search('member', memberAddresses),
    search(
      'neighbour',
      around.filter((other) => other !== destination.host),
    ),
    askByPing('address', destination.host, { wait: lookingPatience, count: 1 }),
    destination.port === null ? knockAtUsualPorts(destination.host) : [],
  ]);
  return {
    ...known,
    probes: [...probes, ...knocks, late],
    members: members.found,
    neighbours: neighbours.found,
    searches: [...members.probes, ...neighbours.probes],
    pods: [],
  };
}

const nobody = { members: [], neighbours: [], searches: [], pods: [] } as const;

/**
 * No host has the address of a Service, so that a ping has no answer; but a node may say that there is no way, and says so once a
 * second only. So one thing is asked after another.
 */
async function askService({ host, port }: Destination): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const each of port === null ? servicePorts : [port]) {
    const probe = await askByTcp('address', host, each, tcpPatience);
    probes.push(probe);
    if (isAlive(probe)) return probes;
  }
  const pinged = await askByPing('address', host, { wait: patience, count: 8 });
  const [first] = probes;
  const isSilent = first?.outcome === 'silent' && pinged.outcome !== 'silent';
  if (!isSilent || first.port === null) return [...probes, pinged];
  // Its silence may have been the node's, that had just said the same of something else.
  await sleep(complaintPause);
  return [...probes, pinged, await askByTcp('address', host, first.port, tcpPatience)];
}

/** Whether anything but Services is reached in the cluster. */
function askPods(addresses: readonly string[]): Promise<Probe[]> {
  return Promise.all(addresses.map((address) => askByPing('pod', address, { wait: patience, count: 2 })));
}

/** Packets to an address that end after one hop, two, and so on, as far as the address. */
async function countHops(address: string): Promise<Probe[]> {
  const probes = await Promise.all(
    Array.from({ length: mostHops }, (_, index) =>
      askByPing('address', address, { wait: patience, count: 2, hops: index + 1 }),
    ),
  );
  const end = probes.findIndex(({ outcome }) => outcome === 'answered');
  return end < 0 ? probes : probes.slice(0, end + 1);
}

async function askAddress({ host, port }: Destination): Promise<Probe[]> {
  const pinged = askByPing('address', host, { wait: patience, count: 2 });
  if (port !== null) return Promise.all([pinged, askByTcp('address', host, port, tcpPatience)]);
  return [await pinged];
}

function knockAtUsualPorts(host: string): Promise<Probe[]> {
  return Promise.all(usualPorts.map((port) => askByTcp('address', host, port, tcpPatience)));
}

/** Looks for anybody at some addresses, and how far away they are. */
async function search(
  target: ProbeTarget,
  addresses: readonly string[],
): Promise<{ found: Neighbour[]; probes: Probe[] }> {
  const likely = addresses.filter((address) => usualEnds.some((end) => address.endsWith(`.${end}`)));
  const [knocks, pings] = await Promise.all([
    Promise.all(addresses.map((address) => askByUdp(target, address, patience))),
    Promise.all(likely.map((address) => askByPing(target, address, { wait: searchPatience, count: 1 }))),
  ]);
  const answers = [...knocks, ...pings].filter(isAlive);
  const there = answers.filter(
    ({ address }, index) => answers.findIndex((other) => other.address === address) === index,
  );
  const measured = await Promise.all(there.slice(0, mostMeasured).map(measure));
  return {
    found: measured.map(({ neighbour }) => neighbour),
    probes: [
      ...(addresses.length === 0 ? [] : [summary(target, addresses, there)]),
      ...measured.flatMap(({ probe }) => probe ?? []),
    ],
  };
}

/**
 * How many hops away somebody is, asked in the way that was answered before. A host refuses packets of UDP once a second only, after so many
 * others: who is silent then is pinged.
 */
async function measure({
  target,
  address,
  method,
}: Probe): Promise<{ neighbour: Neighbour; probe: Probe | null }> {
  const refused =
    method === 'ping' ? undefined : await nearest((hops) => askByUdp(target, address, patience, { hops }));
  const probe =
    refused ??
    (await nearest((hops) => askByPing(target, address, { wait: patience, count: 2, hops }))) ??
    null;
  return { neighbour: { address, distance: probe?.hops ?? null }, probe };
}

/** The answer to the packet of the fewest hops that has one. */
async function nearest(ask: (hops: number) => Promise<Probe>): Promise<Probe | undefined> {
  return (await Promise.all([1, 2, 3].map(ask))).find(isAlive);
}

/** One line for a search: who asks 254 addresses does not want to read of each. */
function summary(target: ProbeTarget, addresses: readonly string[], there: readonly Probe[]): Probe {
  const [first = ''] = addresses;
  return {
    target,
    address: `${first} – ${addresses.at(-1) ?? first}`,
    method: 'udp',
    port: null,
    hops: null,
    bytes: null,
    outcome: there.length === 0 ? 'silent' : 'answered',
    by: null,
    milliseconds: null,
    detail: `${there.length} of ${addresses.length} addresses answer`,
  };
}
