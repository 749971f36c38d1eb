import { readPortNumber } from './number.ts';
import { udpServicePort } from './services.ts';

/**
 * A UDP port as `wg` reads it, through glibc's `getaddrinfo`.
 *
 * - `plain`: digits within 0..65535
 * - `signed`: the same with a sign
 * - `wrapped`: out of range, even negative, of which glibc silently keeps the low 16 bits
 * - `service`: a name from `/etc/services`
 * - `any`: `*`, which in an endpoint is port 0 and alone is refused
 * - `refused`: none of these
 */
export type PortReading =
  | { readonly kind: 'plain' | 'signed' | 'wrapped' | 'service'; readonly port: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'refused' };

/**
 * Reads a port, its blanks removed.
 *
 * @see wireguard-tools src/config.c parse_port; glibc nss/getaddrinfo.c
 */
export function readPort(text: string): PortReading {
  if (text === '*') return { kind: 'any' };
  const number = readPortNumber(text);
  if (number === null) {
    const port = udpServicePort(text);
    return port === null ? { kind: 'refused' } : { kind: 'service', port };
  }
  const port = number & 0xffff;
  // Of what is written, not of what glibc kept of it: 4294967296 has wrapped to 0 once before.
  if (Number(text) !== port) return { kind: 'wrapped', port };
  return { kind: /^[0-9]/.test(text) ? 'plain' : 'signed', port };
}
