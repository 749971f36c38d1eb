import type { Facts, PeerFacts, TunnelFacts, WayFacts } from '../../../shared/diagnosis/facts.ts';
import type { Probe } from '../../../shared/diagnosis/probe.ts';
import type { PeerStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';
import { keys } from '../contract/tunnels.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';

/** The address that the tests ask about: a host of seed 000's office. */
export const colleague = '172.24.135.45';
export const relayAddress = '10.200.200.2';
export const now = Date.parse('2026-01-01T12:00:00.000Z');

/** A ping of the address that was not answered, but for what is said. */
export function probe(parts: Partial<Probe> = {}): Probe {
  return {
    target: 'address',
    address: colleague,
    method: 'ping',
    port: null,
    hops: null,
    bytes: null,
    outcome: 'silent',
    by: null,
    milliseconds: null,
    detail: null,
    ...parts,
  };
}

/** Packets that were to end after one hop, two, ...: who said that they did; null where nobody did. */
export function hops(...by: readonly (string | null)[]): Probe[] {
  return by.map((address, index) =>
    probe({ hops: index + 1, outcome: address === null ? 'silent' : 'expired', by: address }),
  );
}

const peerStatus: PeerStatus = {
  publicKey: keys.peer,
  name: 'relay',
  endpoint: '203.0.113.10:51820',
  allowedIps: ['10.200.200.0/24', '172.24.135.0/24'],
  state: 'connected',
  latestHandshake: '2026-01-01T11:59:00.000Z',
  rxBytes: 148,
  txBytes: 92,
  persistentKeepalive: 25,
};

/** Seed 000's relay: connected, and it says who it is. */
export function peerFacts(parts: Partial<PeerFacts> = {}, status: Partial<PeerStatus> = {}): PeerFacts {
  return {
    status: { ...peerStatus, ...status },
    endpointName: '203.0.113.10',
    hasPresharedKey: false,
    outside: {
      address: '203.0.113.10',
      port: 51_820,
      interface: 'eth0',
      source: '192.168.1.11',
      through: null,
      insideOf: null,
      probes: [],
      opensWithout: false,
    },
    inside: [
      probe({ target: 'peer', address: '10.200.200.1', hops: 1, outcome: 'expired', by: relayAddress }),
    ],
    refused: null,
    ...parts,
  };
}

/** The way to the office, on which nothing has answered. */
export function wayFacts(parts: Partial<WayFacts> = {}): WayFacts {
  return {
    destination: { host: colleague, port: null },
    peer: keys.peer,
    prefix: '172.24.135.0/24',
    probes: [probe()],
    hops: hops(null, null, null, null),
    members: [],
    neighbours: [],
    searches: [],
    pods: [],
    ...parts,
  };
}

/** A tunnel into the office with which nothing is wrong, but for what is said. */
export function tunnelFacts(
  parts: Partial<TunnelFacts> = {},
  status: Partial<TunnelStatus> = {},
): TunnelFacts {
  return {
    name: 'office',
    status: tunnelStatus({
      name: 'office',
      interface: 'office',
      state: 'connected',
      mtu: 1420,
      publicKey: keys.public,
      addresses: ['10.200.200.11/24'],
      failure: null,
      peers: [peerStatus],
      ...status,
    }),
    problem: null,
    peers: [peerFacts()],
    way: null,
    mtu: { inside: { address: relayAddress, tried: 1420, largest: 1420, probes: [] }, outside: null },
    nameServers: [],
    cluster: null,
    ...parts,
  };
}

/** What was found out of one tunnel. */
export function factsOf(tunnel: TunnelFacts, parts: Partial<Facts> = {}): Facts {
  return {
    destination: tunnel.way?.destination ?? null,
    helper: null,
    route:
      tunnel.way === null
        ? null
        : {
            tunnel: tunnel.name,
            peer: keys.peer,
            interface: 'office',
            gateway: null,
            verdict: 'It goes there.',
          },
    tunnels: [tunnel],
    clock: { now, installed: Date.parse('2025-06-01T00:00:00.000Z') },
    ...parts,
  };
}
