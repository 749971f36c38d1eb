import fc from 'fast-check';
import { networkOf, parseInterfaceAddress } from '../../../shared/network/prefix.ts';
import type { InterfaceAddress } from '../../../shared/network/prefix.ts';
import { noScripts } from '../../../shared/tunnel/scripts.ts';
import type { Tunnel, TunnelPeer } from '../../../shared/tunnel/tunnel.ts';

/** Keys of the seeds. */
export const keys = {
  private: 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=',
  public: '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
  peer: 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
  other: 'OzdH42suuOpVY5wxPrxM+rAEyPEFg2eL0ZI29N7eSTY=',
  preshared: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=',
} as const;

/** An address with its length, from its text. */
export function interfaceAddress(text: string): InterfaceAddress {
  const parsed = parseInterfaceAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
}

/** A peer with nothing but a key, but for what is given. */
export function peerOf(parts: Partial<TunnelPeer> = {}): TunnelPeer {
  return {
    publicKey: keys.peer,
    presharedKey: null,
    endpoint: null,
    allowedIps: [],
    persistentKeepalive: null,
    name: null,
    ...parts,
  };
}

/** The tunnel `home` of one peer, but for what is given. */
export function tunnelOf(parts: Partial<Tunnel> = {}): Tunnel {
  return {
    name: 'home',
    interface: 'home',
    privateKey: keys.private,
    listenPort: null,
    fwMark: null,
    addresses: [interfaceAddress('10.200.200.11/24')],
    mtu: null,
    table: 'auto',
    dns: { servers: [], searchDomains: [], domains: [] },
    peers: [peerOf({ allowedIps: [networkOf(interfaceAddress('10.42.0.0/16'))] })],
    exclude: [],
    killSwitch: null,
    scripts: noScripts,
    saveConfig: false,
    ...parts,
  };
}

const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const port = fc.integer({ min: 0, max: 65_535 });
const range = fc
  .oneof(
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => `${address}/${length}`),
    fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, length]) => `${address}/${length}`),
  )
  .map((text) => parseInterfaceAddress(text))
  .filter((parsed) => parsed !== null);
const displayName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => !/\p{Cc}/u.test(text) && text.length <= 255);

const peer: fc.Arbitrary<TunnelPeer> = fc.record({
  publicKey: key,
  presharedKey: fc.option(key),
  endpoint: fc.option(fc.record({ host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), port })),
  allowedIps: fc.array(range.map(networkOf), { maxLength: 5 }),
  persistentKeepalive: fc.option(fc.integer({ min: 1, max: 65_535 })),
  name: fc.option(displayName),
});

const commands = fc.array(
  fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/[\0\n]/.test(text)),
  { maxLength: 3 },
);

/** Any tunnel that the contract can carry. */
export const anyTunnel: fc.Arbitrary<Tunnel> = fc.record({
  name: displayName,
  interface: fc
    .stringMatching(/^[a-zA-Z0-9_=+][a-zA-Z0-9_=+.-]{0,14}$/)
    .filter((name) => !['all', 'default', 'lo'].includes(name)),
  privateKey: key,
  listenPort: fc.option(port),
  fwMark: fc.option(fc.nat(0xffff_ffff)),
  addresses: fc.array(range, { maxLength: 4 }),
  mtu: fc.option(fc.integer({ min: 68, max: 65_535 })),
  table: fc.oneof(fc.constantFrom('auto' as const, 'off' as const), fc.integer({ min: 1, max: 0xffff_ffff })),
  dns: fc.record({
    servers: fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 3 }),
    searchDomains: fc.array(fc.domain(), { maxLength: 3 }),
    domains: fc.array(fc.domain(), { maxLength: 3 }),
  }),
  peers: fc.array(peer, { maxLength: 4 }),
  exclude: fc.array(range.map(networkOf), { maxLength: 3 }),
  killSwitch: fc.option(fc.record({ allowLan: fc.boolean() })),
  scripts: fc.record({ PreUp: commands, PostUp: commands, PreDown: commands, PostDown: commands }),
  saveConfig: fc.boolean(),
});
