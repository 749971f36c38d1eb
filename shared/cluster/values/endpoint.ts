import { formatAddress, sameAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { parseIp } from './cidr.ts';

/**
 * Where a node or a peer of a cluster is dialled.
 *
 * - `address`: a literal
 * - `name`: a DNS name; `text` is `NAME:PORT` as it was written
 */
export type MeshEndpoint =
  | {
      readonly kind: 'address';
      readonly address: Address;
      readonly zone: string | null;
      readonly port: number;
    }
  | { readonly kind: 'name'; readonly text: string };

/**
 * Reads `HOST:PORT` as Kilo does: an IPv6 address in brackets, a name in small letters, a port from 1 to 65535.
 *
 * @returns null where Kilo takes it for no endpoint
 * @see kilo pkg/wireguard/conf.go ParseEndpoint
 */
export function parseMeshEndpoint(text: string): MeshEndpoint | null {
  const parts = splitHostPort(text);
  if (parts === null || !/^[0-9]{1,32}$/.test(parts.port)) return null;
  const port = Number(parts.port);
  if (port < 1 || port > 65_535) return null;
  const address = parseIp(parts.host);
  if (address !== null) return { kind: 'address', address, zone: null, port };
  return isDnsSubdomain(parts.host) ? { kind: 'name', text } : null;
}

/** `HOST:PORT`, IPv6 in brackets. */
export function formatMeshEndpoint(endpoint: MeshEndpoint): string {
  if (endpoint.kind === 'name') return endpoint.text;
  const host = formatAddress(endpoint.address) + (endpoint.zone === null ? '' : `%${endpoint.zone}`);
  return `${host.includes(':') ? `[${host}]` : host}:${endpoint.port}`;
}

/** Whether two endpoints are the same. */
export function sameMeshEndpoint(a: MeshEndpoint, b: MeshEndpoint): boolean {
  if (a.kind === 'name' || b.kind === 'name')
    return a.kind === 'name' && b.kind === 'name' && a.text === b.text;
  return a.port === b.port && a.zone === b.zone && sameAddress(a.address, b.address);
}

/** The literal address of an endpoint; null for a name. */
export function addressOf(endpoint: MeshEndpoint): Address | null {
  return endpoint.kind === 'address' ? endpoint.address : null;
}

/**
 * Whether Kilo takes an address for one that is reached from everywhere: all but 10/8, 172.16/12, 192.168/16 and fd00::/16.
 *
 * @see kilo pkg/mesh/ip.go isPublic
 */
export function isPublic({ family, words }: Address): boolean {
  const first = words[0] ?? 0;
  if (family === 6) return first >>> 16 !== 0xfd00;
  return first >>> 24 !== 10 && first >>> 20 !== 0xac1 && first >>> 16 !== 0xc0a8;
}

/** Whether a text is a name as Kubernetes writes them (RFC 1123, in small letters). @see k8s.io/apimachinery IsDNS1123Subdomain */
export function isDnsSubdomain(text: string): boolean {
  return (
    text.length <= 253 && text.split('.').every((label) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label))
  );
}

/** @see Go net.SplitHostPort */
function splitHostPort(text: string): { readonly host: string; readonly port: string } | null {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return null;
  const port = text.slice(colon + 1);
  if (!text.startsWith('[')) {
    const host = text.slice(0, colon);
    return /[:[\]]/.test(host) || /[[\]]/.test(port) ? null : { host, port };
  }
  const bracket = text.indexOf(']');
  if (bracket + 1 !== colon || text.includes('[', 1) || port.includes(']')) return null;
  return { host: text.slice(1, bracket), port };
}
