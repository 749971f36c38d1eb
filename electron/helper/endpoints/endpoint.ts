import { isIP } from 'node:net';

/** A literal endpoint, `IP:PORT` or `[IP]:PORT`. */
export function endpointOf(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address of a literal endpoint, without brackets and port. */
export function addressOfEndpoint(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
