import fc from 'fast-check';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import { networkOf, parseInterfaceAddress } from '../../../shared/network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../../shared/network/prefix.ts';

/** A tunnel in texts. */
export interface TunnelTexts extends Omit<Partial<PlannedTunnel>, 'addresses' | 'prefixes' | 'endpoints'> {
  readonly addresses?: readonly string[];
  readonly prefixes?: readonly string[];
  readonly endpoints?: readonly string[];
}

/** The tunnel `home` of a host with IPv6, with nothing routed into it, but for what is given. */
export function planned(texts: TunnelTexts = {}): PlannedTunnel {
  return {
    interface: 'home',
    hasCallers: false,
    table: 'auto',
    mark: outerMark,
    mtu: 1420,
    listenPort: 51820,
    ipv6: true,
    order: 1,
    killSwitch: null,
    allNames: false,
    ...texts,
    addresses: (texts.addresses ?? ['10.200.200.11/24']).map(interfaceAddress),
    prefixes: (texts.prefixes ?? []).map(prefix),
    endpoints: (texts.endpoints ?? []).map(address),
  };
}

/** An address from its text. */
export function address(text: string): Address {
  return known(parseAddress(text), text);
}

/** An address with its length, from its text. */
export function interfaceAddress(text: string): InterfaceAddress {
  return known(parseInterfaceAddress(text), text);
}

/** A prefix from its text. */
export function prefix(text: string): Prefix {
  return networkOf(interfaceAddress(text));
}

/** A few prefixes that meet, nest and miss each other, from everything down to one address. */
const prefixTexts = [
  ...['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '64.0.0.0/2', '10.0.0.0/8', '10.42.0.0/16', '10.42.1.0/24'],
  ...[
    '10.42.1.7/32',
    '203.0.113.0/24',
    '203.0.113.2/32',
    '192.168.1.0/24',
    '192.168.1.128/25',
    '203.0.112.0/23',
  ],
  ...[
    '::/0',
    '::/1',
    '8000::/1',
    'fd00::/8',
    'fd00:42::/32',
    'fd00:42::7/128',
    '2001:db8::/32',
    '2001:db8::2/128',
  ],
];
const addressTexts = [
  '10.200.200.11/24',
  '10.42.1.7/32',
  '192.168.1.5/24',
  'fd00:42::7/64',
  '2001:db8::5/128',
];
const endpointTexts = ['203.0.113.2', '198.51.100.9', '2001:db8::2', '10.42.1.7'];

/** A prefix out of a small world, in which others of the same, of more and of less are likely. */
export const anyPrefix: fc.Arbitrary<Prefix> = fc.constantFrom(...prefixTexts).map(prefix);

/** Tunnels that can be up at one time: names, ports and turns differ, all else may coincide. */
export const anyTunnels: fc.Arbitrary<PlannedTunnel[]> = fc
  .uniqueArray(fc.constantFrom('home', 'office', 'aws', 'azure'), { maxLength: 4 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name, index) =>
        fc
          .record({
            addresses: fc.uniqueArray(fc.constantFrom(...addressTexts), { maxLength: 3 }),
            prefixes: fc.array(fc.constantFrom(...prefixTexts), { maxLength: 6 }),
            endpoints: fc.subarray(endpointTexts, { maxLength: 2 }),
            hasCallers: fc.boolean(),
            table: fc.oneof(
              { arbitrary: fc.constant('auto' as const), weight: 4 },
              fc.constant('off' as const),
              fc.constant(100),
            ),
            ipv6: fc.boolean(),
          })
          .map((texts) =>
            planned({ ...texts, interface: name, listenPort: 51820 + index, order: index + 1 }),
          ),
      ),
    ),
  );

function known<T>(value: T | null, text: string): T {
  if (value === null) throw new Error(`no such thing: ${text}`);
  return value;
}
