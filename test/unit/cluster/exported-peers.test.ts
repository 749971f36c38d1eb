import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { confOfPeers, looksLikePeers } from '../../../shared/cluster/exported-peers.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { keyOf, kiloNode, kiloPeer } from './clusters.ts';

/** As kgctl of Kilo 0.7 has printed a Peer behind NAT: `kgctl showconf peer first --as-peer -o yaml`. */
const behindNat = `apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata:
  name: first
spec:
  allowedIPs:
  - 10.5.0.1/32
  endpoint:
    dnsOrIP:
      ip: <nil>
    port: 0
  persistentKeepalive: 25000000000
  publicKey: QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQA=
`;

/** One that is dialled by the name vpn.example.com. */
const dialledByName = `apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata:
  name: named
spec:
  allowedIPs:
  - 10.5.0.9/32
  endpoint:
    dnsOrIP:
      dns: "51820"
      ip: <nil>
    port: 51820
  publicKey: NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNA=
`;

/** As the seed has it. */
const flat = `apiVersion: kilo.squat.ai/v1alpha1
kind: Peer
metadata:
  name: goblin-peer
spec:
  allowedIPs:
  - 10.4.0.1/32  # k8s
  - 10.200.200.0/24
  endpoint:
    dns: goblin.lqingcloud.cn
    port: 51820
  persistentKeepalive: 10
  publicKey: QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQA=
`;

function faultFor(...documents: unknown[]): Fault {
  try {
    confOfPeers(documents);
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
  throw new Error('nothing is wrong with it');
}

function peerOf(spec: Readonly<Record<string, unknown>>): unknown {
  return { ...(kiloPeer('laptop', spec) as object), kind: 'Peer' };
}

describe('Peers as kgctl prints them', () => {
  it('have a keepalive in seconds, and no endpoint where there was none', () => {
    expect(confOfPeers([parse(behindNat)])).toEqual({
      text: [
        '[Peer]',
        '# Name = first',
        `PublicKey = ${keyOf('Q')}`,
        'AllowedIPs = 10.5.0.1/32',
        'PersistentKeepalive = 25',
        '',
      ].join('\n'),
      warnings: [],
    });
  });

  it('that were dialled by a name have lost it, which is said', () => {
    const { text, warnings } = confOfPeers([parse(dialledByName)]);
    expect(text).not.toContain('Endpoint');
    expect(warnings).toMatchObject([{ code: 'peer-endpoint-lost', object: 'peer/named' }]);
  });

  it('keep what is right: an address beside the port of a name, names, preshared keys', () => {
    const texts = (...specs: Readonly<Record<string, unknown>>[]): string =>
      confOfPeers(specs.map(peerOf)).text;
    const at = (dnsOrIP: unknown): string =>
      /Endpoint = (.*)/.exec(texts({ endpoint: { dnsOrIP, port: 51820 } }))?.[1] ?? '';
    expect(at({ dns: '51820', ip: '203.0.113.1' })).toBe('203.0.113.1:51820');
    expect(at({ ip: '2001:db8::1' })).toBe('[2001:db8::1]:51820');
    expect(at({ dns: 'vpn.example.com', ip: '<nil>' })).toBe('vpn.example.com:51820');
    expect(texts({ presharedKey: keyOf('S') })).toContain(`PresharedKey = ${keyOf('S')}`);
    expect(texts({ persistentKeepalive: 10 })).toContain('PersistentKeepalive = 10\n');
  });

  it('are refused with the form that is right, as those of the seed', () => {
    expect(faultFor(parse(flat))).toEqual({
      code: 'kilo-peer-invalid',
      message: expect.stringContaining('"goblin.lqingcloud.cn" stands in the endpoint itself') as string,
      hint: 'In its spec, write: endpoint: {"dnsOrIP":{"dns":"goblin.lqingcloud.cn"},"port":51820}',
    });
    const mended = parse(
      flat.replace(
        /endpoint:\n.*\n.*\n/,
        'endpoint: {"dnsOrIP":{"dns":"goblin.lqingcloud.cn"},"port":51820}\n',
      ),
    ) as unknown;
    expect(confOfPeers([mended]).text).toContain('Endpoint = goblin.lqingcloud.cn:51820\n');
    expect(faultFor(peerOf({ allowedIPs: ['nonsense'] })).code).toBe('kilo-peer-invalid');
    // What is no host is not put into a hint to be copied.
    expect(faultFor(peerOf({ endpoint: { dns: '$(x)', port: 1 } })).hint).not.toContain('In its spec');
  });

  it('are refused beside other objects, and where there are none', () => {
    expect(faultFor(kiloNode('a', 1), peerOf({}))).toMatchObject({
      code: 'cluster-file-foreign',
      message: expect.stringContaining('nodes') as string,
    });
    expect(faultFor({ apiVersion: 'kilo.squat.ai/v1alpha1', kind: 'PeerList', items: [] }).code).toBe(
      'cluster-file-foreign',
    );
  });

  it('are known by what they say they are', () => {
    for (const text of [
      behindNat,
      `---\n${flat}`,
      JSON.stringify(peerOf({})),
      JSON.stringify([peerOf({})], null, 2),
    ])
      expect([text, looksLikePeers(text)]).toEqual([text, true]);
    for (const text of [
      '',
      '[Interface]\n# apiVersion: kilo.squat.ai/v1alpha1\n',
      '{"a":1}',
      '[Peer]\nPublicKey = x',
    ])
      expect([text, looksLikePeers(text)]).toEqual([text, false]);
  });

  it('never are an exception that has no code', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.jsonValue(), (documents, spec, endpoint) => {
        const peers = [
          { apiVersion: 'kilo.squat.ai/v1alpha1', kind: 'Peer', metadata: { name: 'a' }, spec },
          peerOf({ endpoint }),
          peerOf({ endpoint: { dnsOrIP: endpoint, port: 1 } }),
        ];
        for (const list of [documents, ...peers.map((peer) => [peer])]) {
          try {
            confOfPeers(list);
          } catch (error) {
            expect(error).toBeInstanceOf(FaultError);
          }
        }
      }),
    );
  });
});
