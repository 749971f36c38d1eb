import { describe, expect, it } from 'vitest';
import { confOfEnd, diagnose, farSideOf, ownStepsOf, parse, toTunnel } from '../../../shared/config/index.ts';
import type { End, EndPeer, Step } from '../../../shared/config/index.ts';
import { parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { interfaceAddress, keys } from '../contract/tunnels.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

const peer: EndPeer = {
  publicKey: keys.peer,
  presharedKey: null,
  name: null,
  endpoint: 'vpn.example.com:51820',
  allowedIps: prefixes('0.0.0.0/0', '::/0'),
  keepalive: 25,
};

const home: End = {
  name: 'home',
  interface: 'home',
  addresses: [interfaceAddress('10.200.200.11/24')],
  listenPort: null,
  reachableAt: null,
  lan: [],
  dns: [],
  mtu: null,
  peer,
};

function purposesOf(steps: readonly Step[]): string {
  return steps.map(({ purpose }) => purpose).join(' ');
}

/** The purposes of what the far side has to do for an end that reaches these prefixes through it. */
function stepsFor(allowedIps: string[], more: Partial<End> = {}): string {
  const end = { ...home, ...more, peer: { ...peer, endpoint: null, allowedIps: prefixes(...allowedIps) } };
  return purposesOf(farSideOf(end, keys.public, 'wg0').steps);
}

describe('the configuration of a new end', () => {
  it('is what every tool takes, and means what was asked for', () => {
    const text = confOfEnd(
      {
        ...home,
        addresses: [interfaceAddress('10.200.200.11/24'), interfaceAddress('fd00::11/64')],
        listenPort: 51_821,
        dns: ['10.43.0.10', 'cluster.local'],
        mtu: 1380,
        peer: { ...peer, presharedKey: keys.preshared, name: 'Relay' },
      },
      keys.private,
    );
    expect(diagnose(parse(text)).filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(toTunnel(parse(text), { name: 'home', interface: 'home' })).toMatchObject({
      tunnel: {
        privateKey: keys.private,
        listenPort: 51_821,
        mtu: 1380,
        dns: { servers: ['10.43.0.10'], searchDomains: ['cluster.local'] },
        peers: [
          {
            publicKey: keys.peer,
            presharedKey: keys.preshared,
            name: 'Relay',
            endpoint: { host: 'vpn.example.com', port: 51_820 },
            allowedIps: prefixes('0.0.0.0/0', '::/0'),
            persistentKeepalive: 25,
          },
        ],
      },
    });
  });

  it('may have nobody to talk to yet', () => {
    expect(confOfEnd({ ...home, listenPort: 51_820, peer: null }, keys.private)).toBe(`[Interface]
PrivateKey = ${keys.private}
Address = 10.200.200.11/24
ListenPort = 51820
`);
  });
});

describe('what the far side needs to know of an end', () => {
  it('is its key and its own addresses, in both forms', () => {
    const end = {
      ...home,
      addresses: [interfaceAddress('10.200.200.11/24'), interfaceAddress('fd00::11/64')],
    };
    const { peerSection, wgSet, routes } = farSideOf(end, keys.public, 'wg1');
    expect(peerSection).toBe(`[Peer]
# Name = home
PublicKey = ${keys.public}
AllowedIPs = 10.200.200.11/32, fd00::11/128
`);
    expect(wgSet).toBe(`wg set wg1 peer ${keys.public} allowed-ips 10.200.200.11/32,fd00::11/128`);
    expect(routes).toEqual([]);
  });

  it('is the networks behind it too, with their routes', () => {
    const { peerSection, wgSet, routes } = farSideOf(
      { ...home, lan: prefixes('172.24.135.0/24', 'fd01::/64') },
      keys.public,
      'wg0',
    );
    expect(peerSection).toContain('AllowedIPs = 10.200.200.11/32, 172.24.135.0/24, fd01::/64\n');
    expect(wgSet).toContain(' allowed-ips 10.200.200.11/32,172.24.135.0/24,fd01::/64');
    expect(routes).toEqual(['ip route add 172.24.135.0/24 dev wg0', 'ip -6 route add fd01::/64 dev wg0']);
  });

  it('is a route to an address that stands in no network of the tunnel', () => {
    const end = { ...home, addresses: [interfaceAddress('10.0.0.5/32'), interfaceAddress('fd00::5/128')] };
    expect(farSideOf(end, keys.public, 'wg0').routes).toEqual([
      'ip route add 10.0.0.5/32 dev wg0',
      'ip -6 route add fd00::5/128 dev wg0',
    ]);
  });

  it('is where to dial it, and a preshared key that no list of processes shows', () => {
    const end = {
      ...home,
      reachableAt: '[2001:db8::1]:51820',
      peer: { ...peer, presharedKey: keys.preshared },
    };
    const { peerSection, wgSet } = farSideOf(end, keys.public, 'wg0');
    expect(peerSection).toContain(`PresharedKey = ${keys.preshared}\n`);
    expect(peerSection).toContain('Endpoint = [2001:db8::1]:51820\n');
    expect(wgSet).toBe(
      `echo ${keys.preshared} | wg set wg0 peer ${keys.public} preshared-key /dev/stdin allowed-ips 10.200.200.11/32 endpoint [2001:db8::1]:51820`,
    );
  });
});

describe('what the far side has to do', () => {
  it.each([
    ['is reached itself', ['10.200.200.2/32'], ''],
    ['is reached itself by IPv6 too', ['10.200.200.2/32', 'fd00::2/128'], ''],
    ['leads to the others of the tunnel', ['10.200.200.0/24'], 'ip_forward FORWARD'],
    ['leads to a LAN', ['10.200.200.0/24', '172.24.135.0/24'], 'ip_forward FORWARD MASQUERADE'],
    ['leads everywhere', ['0.0.0.0/0', '::/0'], 'ip_forward FORWARD MASQUERADE'],
    ['leads everywhere in halves', ['0.0.0.0/1', '128.0.0.0/1'], 'ip_forward FORWARD MASQUERADE'],
    ['leads where this end has no address for', ['fd01::/64'], ''],
  ])('where it %s (%j): %j', (_, allowedIps, purposes) => {
    expect(stepsFor(allowedIps)).toBe(purposes);
  });

  it('is done for each family of the tunnel', () => {
    const addresses = [interfaceAddress('10.200.200.11/24'), interfaceAddress('fd00::11/64')];
    const { steps } = farSideOf({ ...home, addresses }, keys.public, 'wg0');
    expect(purposesOf(steps)).toBe('INPUT ip_forward FORWARD MASQUERADE ip_forward FORWARD MASQUERADE');
    const commands = steps.flatMap(({ iptables }) => iptables);
    expect(commands).toContain('sysctl -w net.ipv6.conf.all.forwarding=1');
    expect(commands).toContain('ip6tables -t nat -I POSTROUTING -s fd00::/64 ! -o wg0 -j MASQUERADE');
  });

  it('begins with letting in what is sent to its port', () => {
    const inputOf = (endpoint: string): string[] =>
      farSideOf({ ...home, peer: { ...peer, endpoint } }, keys.public, 'wg0')
        .steps.filter(({ purpose }) => purpose === 'INPUT')
        .flatMap(({ iptables }) => iptables);
    expect(inputOf('vpn.example.com:4500')).toEqual(['iptables -I INPUT -p udp --dport 4500 -j ACCEPT']);
    expect(inputOf('[2001:db8::1]:4500')).toEqual(['ip6tables -I INPUT -p udp --dport 4500 -j ACCEPT']);
  });
});

describe('what an end has to do itself', () => {
  it('is to let in who dials it', () => {
    const dialled = { ...home, listenPort: 51_820 };
    expect(purposesOf(ownStepsOf({ ...dialled, peer: null }))).toBe('INPUT');
    expect(purposesOf(ownStepsOf({ ...dialled, peer: { ...peer, endpoint: null } }))).toBe('INPUT');
    expect(purposesOf(ownStepsOf(dialled))).toBe('');
  });

  it('is to hand on to the networks behind it, by its own interface', () => {
    const steps = ownStepsOf({ ...home, lan: prefixes('172.24.135.0/24') });
    expect(purposesOf(steps)).toBe('ip_forward FORWARD MASQUERADE');
    expect(steps.flatMap(({ iptables }) => iptables)).toEqual([
      'sysctl -w net.ipv4.ip_forward=1',
      'iptables -I FORWARD -i home -j ACCEPT',
      'iptables -I FORWARD -o home -d 10.200.200.0/24 -j ACCEPT',
      'iptables -t nat -I POSTROUTING -s 10.200.200.0/24 ! -o home -j MASQUERADE',
    ]);
  });
});
