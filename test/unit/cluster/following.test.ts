import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import { attend, staleNodes } from '../../../shared/cluster/following/attendance.ts';
import type { Attendance } from '../../../shared/cluster/following/attendance.ts';
import { peerDifferences } from '../../../shared/cluster/following/differences.ts';
import { followedProfile } from '../../../shared/cluster/following/followed-profile.ts';
import type { FollowedProfile } from '../../../shared/cluster/following/followed-profile.ts';
import { kiloProfile, profileText, withPeersOf } from '../../../shared/cluster/profile.ts';
import { parse, toTunnel } from '../../../shared/config/index.ts';
import { formatInterfaceAddress, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import { keyOf, kiloNode, kiloPeer, now, readingsOf } from './clusters.ts';

const services = [parsePrefix('10.43.0.0/16')].filter((prefix): prefix is Prefix => prefix !== null);

/** Nodes a, b and c that have checked in so many seconds ago; null for one that is not there any more. */
type Ages = Readonly<Record<string, number | null>>;

function clusterAt(ages: Ages, at: number, annotations: Readonly<Record<string, unknown>> = {}) {
  const nodes = Object.entries(ages).flatMap(([name, age], index) =>
    age === null
      ? []
      : [
          kiloNode(name, index + 1, {
            'last-seen': String(at - age),
            'wireguard-ip': `10.4.0.${index + 1}/16`,
            ...annotations,
          }),
        ],
  );
  return clusterOf(readingsOf({ nodes, peers: [kiloPeer('laptop')] }, { date: at }));
}

function followed(
  ages: Ages,
  {
    at = now,
    before = null,
    gateway = null,
  }: { at?: number; before?: Attendance | null; gateway?: string | null } = {},
): FollowedProfile {
  return followedProfile(
    clusterAt(ages, at),
    { peer: 'laptop', serviceCidrs: services, gateway },
    before,
    false,
  );
}

/** The sections as `NAME: PREFIXES`. */
function said({ profile }: FollowedProfile): string[] {
  return profile.peers.map(
    ({ name, allowedIps }) => `${name}: ${allowedIps.map(formatInterfaceAddress).join(' ')}`,
  );
}

describe('a profile that follows its cluster', () => {
  it('is kgctl’s as long as all nodes check in', () => {
    const cluster = clusterAt({ a: 0, b: 59 }, now);
    const { profile } = followedProfile(
      cluster,
      { peer: 'laptop', serviceCidrs: services, gateway: null },
      null,
      false,
    );
    expect(profile).toEqual(kiloProfile(cluster, { peer: 'laptop', serviceCidrs: services, gateway: null }));
  });

  it('keeps what a node had for five minutes after it was seen last, marked, and gives nothing twice', () => {
    const gone = followed({ a: 0, b: 60, c: 0 });
    expect(said(gone)).toEqual([
      'a: 10.42.1.0/24 10.1.0.1/32 10.4.0.1/32 10.43.0.0/16',
      // The addresses of the mesh have shifted: what was b's is c's.
      'c: 10.42.3.0/24 10.1.0.3/32 10.4.0.2/32',
      'b (stale): 10.42.2.0/24 10.1.0.2/32',
    ]);
    expect(gone.stale).toEqual(['b']);
    expect(said(followed({ a: 0, b: 299, c: 0 }))).toEqual(said(gone));
    const over = followed({ a: 0, b: 300, c: 0 });
    expect(said(over)).toEqual(said(gone).slice(0, 2));
    expect(over.stale).toEqual([]);
  });

  it('lets go at once of a node that was taken out of the cluster', () => {
    const { attendance } = followed({ a: 0, b: 0 });
    expect(said(followed({ a: 0, b: null }, { at: now + 1, before: attendance }))).toHaveLength(1);
  });

  describe('where nodes of a location have one leader', () => {
    const options = { peer: 'laptop', serviceCidrs: services, gateway: null };
    const inLocation = (ages: Ages, notes: Readonly<Record<string, unknown>> = {}) => {
      const at = { granularity: 'location', location: 'x', ...notes };
      return followedProfile(clusterAt(ages, now, at), options, null, false);
    };
    const keysOf = ({ profile }: FollowedProfile) => profile.peers.map(({ publicKey }) => publicKey);

    it('keeps the Pods of a stale node on the leader of its location', () => {
      const outcome = inLocation({ a: 0, b: 100 });
      expect(said(outcome)).toEqual([
        'x: 10.42.1.0/24 10.1.0.1/32 10.4.0.1/32 10.42.2.0/24 10.1.0.2/32 10.43.0.0/16',
      ]);
      expect(keysOf(outcome)).toEqual([keyOf('a')]);
    });

    it('keeps a leader that is stale for what stopped with it; the rest of the location is its next leader’s', () => {
      const outcome = inLocation({ a: 100, b: 0, c: 0 });
      expect(said(outcome)).toEqual([
        'x: 10.42.2.0/24 10.1.0.2/32 10.42.3.0/24 10.1.0.3/32 10.4.0.1/32 10.43.0.0/16',
        'x (stale): 10.42.1.0/24 10.1.0.1/32',
      ]);
      expect(keysOf(outcome)).toEqual([keyOf('b'), keyOf('a')]);
      expect(said(inLocation({ a: 100, b: 100, c: 0 }))[1]).toBe(
        'x (stale): 10.42.1.0/24 10.1.0.1/32 10.42.2.0/24 10.1.0.2/32',
      );
      expect(said(inLocation({ a: 300, b: 0, c: 0 }))).toEqual(said(outcome).slice(0, 1));
      expect(said(inLocation({ a: null, b: 0, c: 0 }))).toEqual(said(outcome).slice(0, 1));
    });

    it('keeps the Services on the location’s next leader where the gateway is the one before', () => {
      const at = { granularity: 'location', location: 'x' };
      const cluster = clusterAt({ a: 100, b: 0 }, now, at);
      const { profile } = followedProfile(cluster, { ...options, gateway: 'a' }, null, false);
      expect(profile.gateway).toBe('a');
      expect(profile.peers[0]?.allowedIps.map(formatInterfaceAddress)).toContain('10.43.0.0/16');
      expect(profile.peers[0]?.publicKey).toBe(keyOf('b'));
    });

    it.for([
      { who: 'its leader', ages: { a: 100, b: 0 } },
      { who: 'a node behind it', ages: { a: 0, b: 100 } },
    ])('keeps what is near a location reached when $who is stale', ({ ages }) => {
      const nodes = Object.entries(ages).map(([name, age], index) =>
        kiloNode(name, index + 1, {
          ...{ granularity: 'location', location: 'x', 'last-seen': String(now - age) },
          'allowed-location-ips': age === 0 ? undefined : '172.24.135.200/32',
        }),
      );
      const cluster = clusterOf(readingsOf({ nodes, peers: [kiloPeer('laptop')] }, { date: now }));
      const outcome = followedProfile(cluster, { ...options, serviceCidrs: [] }, null, false);
      const way = said(outcome).filter((line) => line.includes('172.24.135.200/32'));
      expect(way).toEqual([said(outcome)[0]]);
    });

    it('gives nothing twice where the leader that is stale has the key of another', () => {
      const same = { granularity: 'location', location: 'x', key: keyOf('k') };
      const outcome = followedProfile(clusterAt({ a: 100, b: 0 }, now, same), options, null, false);
      expect(said(outcome)).toEqual([
        'x: 10.42.2.0/24 10.1.0.2/32 10.4.0.1/32 10.42.1.0/24 10.1.0.1/32 10.43.0.0/16',
      ]);
    });
  });

  it('keeps the gateway while it is stale, and has another when it is gone', () => {
    const [, , stale = ''] = said(followed({ a: 0, b: 60, c: 0 }, { gateway: 'b' }));
    expect(stale).toBe('b (stale): 10.42.2.0/24 10.1.0.2/32 10.43.0.0/16');
    expect(followed({ a: 0, b: null, c: 0 }, { gateway: 'b' }).profile.gateway).toBe('a');
  });
});

describe('who is there', () => {
  const nodesAt = (ages: Ages, at: number) => clusterAt(ages, at).kilo?.nodes ?? [];
  const staleAt = (attendance: Attendance, ages: Ages, at: number): string[] =>
    staleNodes(attendance, nodesAt(ages, at)).map(({ name }) => name);

  it('is not judged by the time in which nobody could be asked', () => {
    const first = attend(null, nodesAt({ a: 0, b: 0, dead: 200 }, now), now, false);
    // The API was away for ten minutes, so that nobody could check in; a does first.
    const back = now + 600;
    const second = attend(first, nodesAt({ a: 0, b: 600, dead: 800 }, back), back, true);
    expect(staleAt(second, { a: 0, b: 600, dead: 800 }, back)).toEqual(['b', 'dead']);
    // From then on their time runs: b has all of it, the other what it had left.
    const later = back + 50;
    const third = attend(second, nodesAt({ a: 0, b: 650, dead: 850 }, later), later, false);
    expect(staleAt(third, { a: 0, b: 650, dead: 850 }, later)).toEqual(['b', 'dead']);
    const last = later + 50;
    const fourth = attend(third, nodesAt({ a: 0, b: 700, dead: 900 }, last), last, false);
    expect(staleAt(fourth, { a: 0, b: 700, dead: 900 }, last)).toEqual(['b']);
  });

  it('is not judged by it either where a node has checked in after the last answer, before the API was away', () => {
    const first = attend(null, nodesAt({ a: 0, b: 0 }, now), now, false);
    // b did 4 s after we had asked, then nobody could for ten minutes.
    const back = now + 600;
    const second = attend(first, nodesAt({ a: 0, b: 596 }, back), back, true);
    expect(staleAt(second, { a: 0, b: 596 }, back)).toEqual(['b']);
    const [still, over] = [back + 299, back + 300];
    const third = attend(second, nodesAt({ a: 0, b: 895 }, still), still, false);
    expect(staleAt(third, { a: 0, b: 895 }, still)).toEqual(['b']);
    const fourth = attend(third, nodesAt({ a: 0, b: 896 }, over), over, false);
    expect(staleAt(fourth, { a: 0, b: 896 }, over)).toEqual([]);
  });

  it('is not judged by a time that was too short for a node to be missed in', () => {
    const first = attend(null, nodesAt({ a: 0, b: 0 }, now), now, false);
    const back = now + 50;
    const second = attend(first, nodesAt({ a: 0, b: 50 }, back), back, true);
    expect(staleAt(second, { a: 0, b: 50 }, back)).toEqual([]);
    const later = back + 290;
    const third = attend(second, nodesAt({ a: 0, b: 340 }, later), later, false);
    expect(staleAt(third, { a: 0, b: 340 }, later)).toEqual(['b']);
    // Who has checked in since is judged anew.
    const fourth = attend(third, nodesAt({ a: 0, b: 300 }, later), later, false);
    expect(staleAt(fourth, { a: 0, b: 300 }, later)).toEqual([]);
  });
});

describe('a node that does not come back', () => {
  it.for([5, 61, 120])('goes after five minutes, though it is looked for every %s s only', (every) => {
    let before: Attendance | null = null;
    for (let passed = 0; passed <= 300 + every; passed += every) {
      const { attendance, stale } = followedProfile(
        clusterAt({ a: 0, b: passed }, now + passed),
        { peer: 'laptop', serviceCidrs: [], gateway: null },
        before,
        false,
      );
      before = attendance;
      expect(stale).toEqual(passed >= 60 && passed < 300 ? ['b'] : []);
    }
  });
});

describe('the text of a profile that follows its cluster', () => {
  const options = { peer: 'laptop', serviceCidrs: [], gateway: null };

  it('keeps whatever the person wrote, and has the cluster’s peers anew', () => {
    const first = kiloProfile(clusterAt({ a: 0, b: 0 }, now), options);
    const own = `# mine\n[Peer]\nPublicKey = ${keyOf('M')}\nAllowedIPs = 172.20.0.0/16 # home\n`;
    const text =
      profileText(first, 'laptop').replace('[Interface]', '[Interface]\nMTU = 1300 # hotel') + `\n${own}`;
    const next = kiloProfile(clusterAt({ a: 0, b: null, c: 0 }, now), options);
    const written = first.peers.map(({ publicKey }) => publicKey);
    const after = withPeersOf(next, parse(text), written).text;
    expect(after).toContain('MTU = 1300 # hotel');
    expect(after).toContain(own);
    expect(after).not.toContain(keyOf('b'));
    expect([...after.matchAll(/^PublicKey = (.*)$/gm)].map(([, key]) => key)).toEqual([
      keyOf('M'),
      ...next.peers.map(({ publicKey }) => publicKey),
    ]);
    expect(withPeersOf(next, parse(after), written).text).toBe(after);
  });

  it('takes time in proportion to its peers', () => {
    const peer = (index: number) => ({
      name: `n${index}`,
      publicKey: `${index.toString(36).padStart(42, 'A')}A=`,
      presharedKey: null,
      allowedIps: [],
      endpoint: null,
      persistentKeepalive: 0,
    });
    const content = {
      addresses: [],
      gateway: null,
      peers: Array.from({ length: 5000 }, (_, index) => peer(index)),
    };
    const began = performance.now();
    const written = content.peers.map(({ publicKey }) => publicKey);
    withPeersOf(content, parse(profileText(content, 'x')), written);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('what differs between two profiles', () => {
  const peersIn = (text: string): readonly TunnelPeer[] => {
    const outcome = toTunnel(parse(`[Interface]\nPrivateKey = ${keyOf('P')}\n${text}`), {
      name: 'x',
      interface: 'x',
    });
    if (!('tunnel' in outcome)) throw new Error(JSON.stringify(outcome.problems));
    return outcome.tunnel.peers;
  };

  it('is said for each peer in words', () => {
    const before = peersIn(
      `[Peer]\n# Name = a\nPublicKey = ${keyOf('a')}\nAllowedIPs = 10.1.0.0/16, 10.2.0.0/16\nEndpoint = 192.0.2.1:1\n[Peer]\n# Name = b\nPublicKey = ${keyOf('b')}\n`,
    );
    const after = peersIn(
      `[Peer]\n# Name = a\nPublicKey = ${keyOf('a')}\nAllowedIPs = 10.2.0.0/16, 10.3.0.0/16\nEndpoint = [2001:db8::1]:2\n[Peer]\nPublicKey = ${keyOf('c')}\nAllowedIPs = 10.9.0.0/16\n`,
    );
    expect(peerDifferences(before, after)).toEqual([
      {
        kind: 'changed',
        name: 'a',
        publicKey: keyOf('a'),
        what: ['endpoint 192.0.2.1:1 -> [2001:db8::1]:2', 'without 10.1.0.0/16', 'with 10.3.0.0/16'],
      },
      { kind: 'added', name: keyOf('c'), publicKey: keyOf('c'), what: ['10.9.0.0/16'] },
      { kind: 'removed', name: 'b', publicKey: keyOf('b'), what: [] },
    ]);
    expect(peerDifferences(before, before)).toEqual([]);
  });
});
