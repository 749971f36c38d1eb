import { formatAddress } from '../../network/address.ts';
import { readHost } from './host.ts';
import type { HostReading } from './host.ts';
import { readPort } from './port.ts';
import type { PortReading } from './port.ts';

/**
 * An endpoint as `wg` takes it apart.
 *
 * - `read`: a host and a port, each of which may still be one that `wg` refuses
 * - `no-port`: nothing after the host
 * - `no-bracket`: a `[` without its `]`
 */
export type EndpointReading =
  | {
      readonly kind: 'read';
      readonly host: HostReading;
      readonly port: PortReading;
      readonly hostText: string;
      readonly portText: string;
      readonly bracketed: boolean;
    }
  | { readonly kind: 'no-port' | 'no-bracket' };

/**
 * Splits an endpoint, its blanks removed: at the bracket, or without one at the LAST colon, so `fd00::1:51820` is the host
 * `fd00::1`.
 *
 * @see wireguard-tools src/config.c parse_endpoint
 */
export function readEndpoint(text: string): EndpointReading {
  const bracketed = text.startsWith('[');
  let hostText: string;
  let portText: string;
  if (bracketed) {
    const bracket = text.indexOf(']');
    if (bracket < 0) return { kind: 'no-bracket' };
    hostText = text.slice(1, bracket);
    if (text.charAt(bracket + 1) !== ':') return { kind: 'no-port' };
    portText = text.slice(bracket + 2);
  } else {
    const colon = text.lastIndexOf(':');
    if (colon < 0) return { kind: 'no-port' };
    hostText = text.slice(0, colon);
    portText = text.slice(colon + 1);
  }
  if (portText === '') return { kind: 'no-port' };
  return { kind: 'read', host: readHost(hostText), port: readPort(portText), hostText, portText, bracketed };
}

/**
 * A host and a port in canonical text: IPv6 in brackets, a literal as `wg` prints it, its zone kept.
 *
 * @returns null where either is one that Adit does not take
 */
export function formatEndpoint(host: HostReading, port: PortReading): string | null {
  const text = formatHost(host);
  if (text === null || !('port' in port) || port.kind === 'wrapped') return null;
  return `${text.includes(':') ? `[${text}]` : text}:${port.port}`;
}

/** A host without brackets; null for one that Adit does not take. */
export function formatHost(host: HostReading): string | null {
  switch (host.kind) {
    case 'address':
      return formatAddress(host.address) + (host.zone === null ? '' : `%${host.zone}`);
    case 'name':
      return host.name;
    case 'numeric-name':
    case 'escaped-name':
    case 'wildcard':
    case 'refused':
      return null;
  }
}
