import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../../shared/tunnel/tunnel.ts';

/** Milliseconds a name may take to resolve. */
const resolveDeadline = 5_000;

/** An endpoint after its name was looked up. */
export type ResolvedEndpoint =
  | { readonly kind: 'resolved'; readonly endpoint: string }
  | { readonly kind: 'unresolved'; readonly host: string; readonly reason: string };

/**
 * Turns an endpoint into a literal address and port. Asks the system's resolver once, and takes the first answer that the
 * host can use, as `wg` takes the first; a name that does not resolve in time holds up nobody else.
 *
 * @param ipv6 whether this host has IPv6
 */
export async function resolveEndpoint({ host, port }: Endpoint, ipv6: boolean): Promise<ResolvedEndpoint> {
  if (isIP(host) !== 0) return { kind: 'resolved', endpoint: literal(host, port) };
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- "order" came after the oldest Node that this runs on
    const answers = await Promise.race([lookup(host, { all: true, verbatim: true }), timeout()]);
    const usable = answers.find(({ family }) => family === 4 || ipv6) ?? answers[0];
    if (usable === undefined) return { kind: 'unresolved', host, reason: 'the name has no address' };
    return { kind: 'resolved', endpoint: literal(usable.address, port) };
  } catch (error) {
    return { kind: 'unresolved', host, reason: reasonOf(error) };
  }
}

/** The address of a literal endpoint, without brackets and port. */
export function addressOfEndpoint(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

function literal(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

async function timeout(): Promise<never> {
  await sleep(resolveDeadline, undefined, { ref: false });
  throw new Error(`no answer within ${resolveDeadline / 1000} s`);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOTFOUND') return 'no such name';
  if (code === 'EAI_AGAIN') return 'no name server answers';
  return error instanceof Error ? error.message : String(error);
}
