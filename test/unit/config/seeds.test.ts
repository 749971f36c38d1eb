import { describe, expect, it } from 'vitest';
import { diagnose, parse, summarise, toTunnel } from '../../../shared/config/index.ts';
import { fixturesIn, fixtureText } from './fixtures.ts';

/** The codes of each configuration in the seeds, in order, repeats left out. */
const expected: Readonly<Record<string, readonly string[]>> = {
  '000-company-gateway.conf': ['address-missing', 'key-is-address', 'key-placeholder', 'endpoint-no-port'],
  '000-home-full-tunnel.conf': ['key-placeholder'],
  '000-home-site-to-lan.conf': ['key-placeholder', 'endpoint-no-port'],
  '000-kilo-wg-show.conf': ['wg-show-output'],
  '000-relay-kilo-peer.conf': ['interface-missing', 'value-missing'],
  '000-relay-peer-company.conf': ['interface-missing', 'key-placeholder', 'line-unrecognized'],
  '000-relay-peer-home.conf': ['interface-missing', 'key-placeholder'],
  '000-relay-server.conf': ['address-missing', 'peers-missing', 'key-placeholder'],
  '001-host-a.conf': [
    'private-key-unclamped',
    'address-without-length',
    'key-placeholder',
    'key-spelling',
    'keepalive-missing',
  ],
  '001-wg-show.conf': ['wg-show-output'],
  '002-aws-server-excerpt.conf': ['line-unrecognized', 'interface-missing'],
  '002-azure-server.conf': ['scripts-not-run', 'keepalive-missing'],
  '002-kilo-wg-show.conf': ['wg-show-output'],
  '002-laptop.conf': ['keepalive-missing'],
  '003-first-node-wg-show.conf': ['wg-show-output'],
  '003-two-nodes-wg-show.conf': ['wg-show-output'],
  '004-node-wg-show.conf': ['wg-show-output'],
};

describe('the configurations of the seeds', () => {
  it.each(fixturesIn('seeds'))('%s', (path) => {
    const codes = diagnose(parse(fixtureText(path))).map(({ code }) => code);
    expect([...new Set(codes)]).toEqual(expected[path.slice('seeds/'.length)]);
  });
});

describe('seed 000, the home PC', () => {
  const text = fixtureText('seeds/000-home-full-tunnel.conf')
    .replace('<Client_PrivateKey>', 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=')
    .replace('<Server_PublicKey>', 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=');

  it('is a full tunnel in halves once its keys are filled in', () => {
    const codes = new Set(diagnose(parse(text)).map(({ code }) => code));
    expect([...codes]).toEqual(['family-without-address', 'full-tunnel', 'full-tunnel-halves']);
  });

  it('is a tunnel', () => {
    const result = toTunnel(parse(text), { name: 'home', interface: 'home' });
    expect(result).toMatchObject({
      tunnel: {
        peers: [{ endpoint: { host: 'goblin.lqingcloud.cn', port: 51820 }, persistentKeepalive: 25 }],
      },
    });
  });
});

describe('seed 002, the laptop', () => {
  const summary = summarise(parse(fixtureText('seeds/002-laptop.conf')));

  it('shows its own public key, which is not the one its servers have', () => {
    expect(summary.publicKey).toBe('9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=');
  });

  it('gives each peer the name of the comment above it, and the first one none', () => {
    expect(summary.peers.map(({ name }) => name)).toEqual([null, 'Aliyun', 'GCP', 'Azure']);
  });

  it('comes up with a warning or less', () => {
    expect(summary).toMatchObject({ errors: 0, warnings: 0, addresses: ['10.0.0.5/32'] });
  });
});

describe('seed 002, the server on Azure', () => {
  it('has the public key that the laptop knows it by', () => {
    const { publicKey, peers } = summarise(parse(fixtureText('seeds/002-azure-server.conf')));
    expect(publicKey).toBe('OzdH42suuOpVY5wxPrxM+rEAyEPFg2eL0ZI29N7eSTY=');
    expect(peers.map(({ name }) => name)).toEqual([null, 'Aliyun', 'GCP', 'macOS']);
  });

  it('comes up although it has scripts, which are named', () => {
    const result = toTunnel(parse(fixtureText('seeds/002-azure-server.conf')), { name: 'a', interface: 'a' });
    expect(result).toMatchObject({ tunnel: { listenPort: null } });
  });
});
