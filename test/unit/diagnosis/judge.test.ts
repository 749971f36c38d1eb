import { describe, expect, it } from 'vitest';
import { findingCodes } from '../../../shared/diagnosis/catalogue.ts';
import type { Finding } from '../../../shared/diagnosis/catalogue.ts';
import type {
  Facts,
  Neighbour,
  OutsideFacts,
  TunnelFacts,
  WayFacts,
} from '../../../shared/diagnosis/facts.ts';
import { judge } from '../../../shared/diagnosis/judge.ts';
import type { Probe } from '../../../shared/diagnosis/probe.ts';
import { keys } from '../contract/tunnels.ts';
import {
  colleague,
  factsOf,
  hops,
  now,
  peerFacts,
  probe,
  relayAddress,
  tunnelFacts,
  wayFacts,
} from './facts.ts';

const gateway = '10.200.200.47';
const lanOfGateway: Neighbour = { address: '172.24.135.46', distance: 2 };

function judged(facts: Facts, asked: string | null = 'office'): Finding[] {
  return judge(facts, asked, ['office', 'home']);
}

function codes(tunnel: TunnelFacts, parts: Partial<Facts> = {}): string[] {
  return judged(factsOf(tunnel, parts)).map(({ code }) => code);
}

function ofWay(parts: Partial<WayFacts>, tunnel: Partial<TunnelFacts> = {}): string[] {
  return codes(tunnelFacts({ way: wayFacts(parts), ...tunnel }));
}

function tcp(port: number, outcome: Probe['outcome']): Probe {
  return probe({ method: 'tcp', port, outcome });
}

describe('the judgement of a way', () => {
  it('finds nothing where the address answers, by whatever', () => {
    expect(ofWay({ probes: [probe({ outcome: 'answered', by: colleague })] })).toEqual([]);
    expect(ofWay({ probes: [probe(), tcp(80, 'refused')] })).toEqual([]);
  });

  it('finds nothing on the way where nobody shook hands: then that is the matter', () => {
    const peers = [peerFacts({}, { state: 'handshaking', latestHandshake: null })];
    expect(ofWay({}, { peers })).toEqual(['endpoint-silent']);
  });

  it.each<[string, Partial<WayFacts>, string]>([
    ['the peer alone answers', {}, 'relay-not-forwarding'],
    ['the peer counts hops, and nobody is behind it', { hops: hops(relayAddress) }, 'relay-not-forwarding'],
    [
      'others in the tunnel answer, nobody in the network',
      { hops: hops(relayAddress), members: [{ address: gateway, distance: 2 }] },
      'relay-no-route',
    ],
    [
      'the peer says that it knows no route',
      { hops: [probe({ hops: 1, outcome: 'no-route', by: relayAddress, milliseconds: 12 })] },
      'relay-no-route',
    ],
    [
      'the kernel of the peer says that no peer of its own has the address',
      { probes: [probe({ outcome: 'no-host', by: relayAddress, milliseconds: 12 })] },
      'relay-no-route',
    ],
    [
      'a router has looked for the address for three seconds',
      { probes: [probe({ outcome: 'no-host', by: gateway, milliseconds: 3071 })], hops: hops(relayAddress) },
      'address-not-there',
    ],
    [
      'a router that looks for the address tells the second ping soon after it came, having told the first nothing',
      {
        probes: [probe({ outcome: 'silent' }), probe({ outcome: 'no-host', by: gateway, milliseconds: 530 })],
        hops: hops(relayAddress),
      },
      'address-not-there',
    ],
    [
      'the peer says at once that it has no way, and once only',
      {
        hops: [probe({ hops: 1, outcome: 'no-host', by: relayAddress, milliseconds: 33 })],
        probes: [probe({ outcome: 'silent' }), probe({ outcome: 'silent' })],
      },
      'relay-no-route',
    ],
    [
      'the firewall of the peer rejects',
      { probes: [probe({ outcome: 'forbidden', by: relayAddress })] },
      'relay-not-forwarding',
    ],
    [
      'the firewall of a host behind the peer rejects',
      { probes: [probe({ outcome: 'forbidden', by: gateway })], hops: hops(relayAddress) },
      'gateway-not-forwarding',
    ],
    [
      'the gateway answers by its own address, and does not count hops',
      { hops: hops(relayAddress, null), neighbours: [lanOfGateway] },
      'gateway-not-forwarding',
    ],
    [
      'the gateway answers by its own address, and counts hops',
      { hops: hops(relayAddress, gateway), neighbours: [lanOfGateway] },
      'gateway-no-way-back',
    ],
    [
      'the gateway counts hops, and nobody there answers',
      { hops: hops(relayAddress, gateway, null) },
      'gateway-no-way-back',
    ],
    [
      'somebody behind the gateway answers',
      {
        hops: hops(relayAddress, gateway),
        neighbours: [lanOfGateway, { address: '172.24.135.254', distance: 3 }],
      },
      'address-silent',
    ],
    [
      'several answer as near as each other: a gateway they are not',
      {
        hops: hops(relayAddress),
        neighbours: [lanOfGateway, { address: '172.24.135.50', distance: 2 }],
      },
      'address-silent',
    ],
  ])('%s', (_, way, code) => {
    expect(ofWay(way)).toEqual([code]);
  });

  it('of a peer that says nothing either suspects the AllowedIPs of this machine there', () => {
    const peers = [peerFacts({ inside: [probe({ target: 'peer', address: '10.200.200.1', hops: 1 })] })];
    const [found] = judged(factsOf(tunnelFacts({ way: wayFacts(), peers })));
    expect(found).toMatchObject({ code: 'peer-answers-nothing' });
    expect(found?.hint).toContain('10.200.200.11');
    expect(found?.commands[0]?.shows).toContain(keys.public);
  });

  it('of a port tells one that is refused from one that is dropped', () => {
    const destination = { host: colleague, port: 81 };
    const answered = probe({ outcome: 'answered', by: colleague });
    expect(ofWay({ destination, probes: [answered, tcp(81, 'answered')] })).toEqual([]);
    expect(ofWay({ destination, probes: [answered, tcp(81, 'refused')] })).toEqual(['port-refused']);
    expect(ofWay({ destination, probes: [answered, tcp(81, 'silent')] })).toEqual(['port-silent']);
  });

  it('of a Service takes a silent port for one that is handed on only where other packets are refused', () => {
    const destination = { host: '10.43.0.80', port: null };
    const refused = probe({ outcome: 'no-route', by: '10.0.0.1' });
    const service = (probes: Probe[]): string[] => ofWay({ destination, hops: [], probes });
    expect(service([tcp(80, 'silent'), tcp(443, 'no-route'), refused])).toEqual(['service-no-way-back']);
    expect(service([tcp(80, 'no-route'), tcp(443, 'no-route'), refused])).toEqual(['service-port-unknown']);
    expect(service([tcp(80, 'silent'), tcp(443, 'silent'), probe()])).toEqual(['service-port-unknown']);
    // The node may have been silent once because it had just said it of something else.
    expect(service([tcp(80, 'silent'), refused, tcp(80, 'no-route')])).toEqual(['service-port-unknown']);
    expect(service([tcp(80, 'silent'), refused, tcp(80, 'silent')])).toEqual(['service-no-way-back']);
    expect(service([tcp(80, 'answered')])).toEqual([]);
  });

  it('of a Service that is silent takes the word of whoever names its port, where Pods answer', () => {
    const pod = probe({ target: 'pod', address: '10.42.1.1', outcome: 'answered', by: '10.42.1.1' });
    const service = (port: number | null, pods: Probe[]): string[] =>
      ofWay({
        destination: { host: '10.43.0.80', port },
        hops: [],
        probes: [tcp(port ?? 80, 'silent'), probe()],
        pods,
      });
    expect(service(8080, [probe(), pod])).toEqual(['service-times-out']);
    expect(service(8080, [probe()])).toEqual(['service-port-unknown']);
    expect(service(null, [pod])).toEqual(['service-port-unknown']);
  });
});

describe('the judgement of a peer that does not shake hands', () => {
  const ping = probe({ target: 'endpoint', address: '203.0.113.10' });
  const udp: Probe = { ...ping, method: 'udp', port: 51_820 };

  function silent(outside: Partial<OutsideFacts> | null, latestHandshake: string | null = null): Finding[] {
    const facts = peerFacts({}, { state: 'handshaking', latestHandshake });
    const known = outside === null || facts.outside === null ? null : { ...facts.outside, ...outside };
    return judged(factsOf(tunnelFacts({ peers: [{ ...facts, outside: known, endpointName: null }] })));
  }

  it.each<[string, Partial<OutsideFacts> | null, string]>([
    ['it has no endpoint', null, 'endpoint-unknown'],
    ['no route leads there', { interface: null }, 'endpoint-without-route'],
    ['its port is refused', { probes: [ping, { ...udp, outcome: 'refused' }] }, 'endpoint-refuses'],
    ['its host answers', { probes: [{ ...ping, outcome: 'answered' }, udp] }, 'handshake-unanswered'],
    ['nothing comes back', { probes: [ping, udp] }, 'endpoint-silent'],
  ])('%s', (_, outside, code) => {
    expect(silent(outside).map((found) => found.code)).toEqual([code]);
  });

  it.each<[boolean, boolean, RegExp]>([
    [true, true, /has no preshared key for this machine, and the profile has one/],
    [true, false, /has another preshared key/],
    [false, false, /has a preshared key for this machine, and the profile has none/],
  ])('of an answer that cannot be read says whose preshared key is missing', (has, opensWithout, words) => {
    const handshake: Probe = { ...ping, method: 'handshake', port: 51_820, outcome: 'undecipherable' };
    const facts = peerFacts({ hasPresharedKey: has }, { state: 'handshaking', latestHandshake: null });
    if (facts.outside === null) throw new Error('an endpoint');
    const outside = { ...facts.outside, probes: [ping, handshake], opensWithout };
    const [found] = judged(factsOf(tunnelFacts({ peers: [{ ...facts, outside }] })));
    expect(found?.code).toBe('preshared-key-differs');
    expect(found?.message).toMatch(words);
  });

  it('does not suspect the preshared key of a peer that left a handshake unanswered', () => {
    const there = { ...ping, outcome: 'answered' } as const;
    const handshake: Probe = { ...ping, method: 'handshake', port: 51_820 };
    const [unsure] = silent({ probes: [there] });
    const [sure] = silent({ probes: [there, handshake] });
    expect([unsure?.hint.includes('preshared'), sure?.hint.includes('preshared')]).toEqual([true, false]);
    expect(silent({ probes: [there, { ...handshake, outcome: 'answered' }] })[0]?.code).toBe(
      'handshake-lost',
    );
  });

  it('names both public keys, and neither where there was a handshake before', () => {
    const probes = [{ ...ping, outcome: 'answered' } as const];
    const [never] = silent({ probes });
    expect(never?.hint).toContain(keys.public);
    expect(never?.hint).toContain(keys.peer);
    const [before] = silent({ probes }, '2026-01-01T10:00:00.000Z');
    expect(before?.hint).not.toContain(keys.peer);
  });

  it('says that the name of an endpoint has no address, rather than that there is none', () => {
    const peer = peerFacts({ outside: null, endpointName: 'vpn.invalid' }, { state: 'idle', endpoint: null });
    expect(codes(tunnelFacts({ peers: [peer] }))).toEqual(['endpoint-unresolved']);
  });
});

describe('the judgement of what else there is', () => {
  it('is that nothing is wrong where nothing is', () => {
    expect(codes(tunnelFacts())).toEqual([]);
  });

  it('is of the size that passes, or of what fits into what passes outside', () => {
    const limit = { address: relayAddress, tried: 1420, largest: 1328, probes: [] };
    expect(codes(tunnelFacts({ mtu: { inside: limit, outside: null } }))).toEqual(['mtu-too-large']);
    const outside = { address: '203.0.113.10', tried: 1480, largest: 1400, probes: [] };
    const [found] = judged(factsOf(tunnelFacts({ mtu: { inside: null, outside } })));
    expect(found).toMatchObject({ code: 'mtu-too-large-outside' });
    expect(found?.commands[0]?.command).toBe('adit set office mtu=1328');
    const six = { address: '2001:db8::10', tried: 1500, largest: 1500, probes: [] };
    expect(codes(tunnelFacts({ mtu: { inside: null, outside: six } }))).toEqual([]);
    expect(codes(tunnelFacts({ mtu: { inside: null, outside: null } }))).toEqual(['mtu-unknown']);
  });

  it('names a tunnel as a shell takes it', () => {
    const [found] = judged(factsOf(tunnelFacts({ name: "it's 公司", status: null })));
    expect(found?.commands[0]?.command).toBe("adit up 'it'\\''s 公司' --wait");
  });

  it('is that packets go elsewhere, whether AllowedIPs hold the address or not', () => {
    const route = {
      tunnel: null,
      peer: null,
      interface: 'docker0',
      gateway: null,
      verdict: 'docker0 has it.',
    };
    const elsewhere = (host: string): Finding[] =>
      judged(factsOf(tunnelFacts(), { destination: { host, port: null }, route }));
    expect(elsewhere(colleague)[0]).toMatchObject({
      code: 'not-in-tunnel',
      hint: expect.stringMatching(/^The AllowedIPs of the tunnel hold it/) as string,
    });
    expect(elsewhere('198.51.100.1')[0]?.hint).toMatch(/^AllowedIPs of no peer/);
  });

  it('doubts a clock that is before the last handshake, or before Adit was installed', () => {
    const later = tunnelFacts(
      {},
      { peers: [peerFacts({}, { latestHandshake: '2026-03-01T00:00:00.000Z' }).status] },
    );
    expect(codes(later)).toEqual(['clock-wrong']);
    expect(codes(tunnelFacts(), { clock: { now, installed: now + 3_600_000 } })).toEqual(['clock-wrong']);
    expect(codes(tunnelFacts(), { clock: { now, installed: now + 60_000 } })).toEqual([]);
  });

  it('tells the worst first, and says once that nobody could be pinged', () => {
    const impossible = probe({ outcome: 'impossible', detail: 'it is not installed.' });
    const peer = peerFacts({ inside: [impossible, impossible] }, { persistentKeepalive: null });
    const nameServers = [probe({ target: 'name-server', address: '172.24.135.46', method: 'dns', port: 53 })];
    const found = judged(factsOf(tunnelFacts({ peers: [peer], nameServers, way: wayFacts({ probes: [] }) })));
    expect(found.map(({ code, severity }) => [severity, code])).toEqual([
      ['error', 'peer-answers-nothing'],
      ['warning', 'name-server-silent'],
      ['note', 'keepalive-missing'],
      ['note', 'ping-unusable'],
    ]);
  });
});

describe('the judgement of what this machine itself does with packets', () => {
  const refused = {
    address: '10.200.200.1',
    verdict: '10.200.200.1 is refused by a route: unreachable 10.0.0.0/8.',
  };

  it('names the route that refuses what is meant for the tunnel, whether there is a session or not', () => {
    const told = judged(factsOf(tunnelFacts({ peers: [peerFacts({ refused, inside: [] })] })));
    expect(told.map(({ code }) => code)).toEqual(['not-in-tunnel']);
    expect(told[0]?.message).toContain('unreachable 10.0.0.0/8');
    const idle = peerFacts({ refused, inside: [] }, { state: 'idle', latestHandshake: null });
    expect(codes(tunnelFacts({ peers: [idle] }))).toEqual(['not-in-tunnel']);
  });

  it('names the VPN by which the tunnel’s own packets leave', () => {
    const through = { interface: 'wg0', name: 'wg0' };
    const outside: OutsideFacts = {
      address: '203.0.113.10',
      port: 51_820,
      interface: 'wg0',
      source: '10.9.0.2',
      through,
      insideOf: null,
      probes: [],
      opensWithout: false,
    };
    const silent = peerFacts({ outside, inside: [] }, { state: 'handshaking', latestHandshake: null });
    const told = judged(factsOf(tunnelFacts({ peers: [silent] })));
    expect(told.map(({ code }) => code)).toEqual(['endpoint-silent', 'endpoint-behind-vpn']);
    expect(told[1]?.message).toContain('leave by wg0');
    expect(codes(tunnelFacts({ peers: [peerFacts({ outside })] }))).toContain('tunnel-in-vpn');
    expect(codes(tunnelFacts({ peers: [peerFacts()] }))).toEqual([]);
  });
});

describe('the catalogue of findings', () => {
  it('has codes that scripts can rely on, each with what it means', () => {
    for (const { code, summary } of findingCodes) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(summary).toMatch(/^[A-Z].*\.$/);
    }
  });
});
