import { lookup } from 'node:dns/promises';
import { mostAddresses } from './wire.ts';
import type { Lookup, LookupFailure } from './wire.ts';

/** Milliseconds that the system may take. */
const deadline = 5_000;

/** The addresses of a name as any program of this machine gets them: in the tunnels too, where they take the system's questions. */
export async function lookUpBySystem(name: string): Promise<Lookup> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Lookup>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'none', reason: 'no-answer' }), deadline);
  });
  const outcome = await Promise.race([asked(name), limit]);
  clearTimeout(timer);
  return outcome;
}

async function asked(name: string): Promise<Lookup> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- "order" came after the oldest Node that this runs on
    const answers = await lookup(name, { all: true, verbatim: true });
    const addresses = [...new Set(answers.map(({ address }) => address))].slice(0, mostAddresses);
    return addresses.length === 0 ? { kind: 'none', reason: 'no-address' } : { kind: 'found', addresses };
  } catch (error) {
    return { kind: 'none', reason: failureOf(error) };
  }
}

/** Why Node's resolver gave no address. @see https://nodejs.org/api/dns.html#error-codes */
export function failureOf(error: unknown): LookupFailure {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOTFOUND' || code === 'EBADNAME') return 'no-name';
  return code === 'ENODATA' ? 'no-address' : 'no-answer';
}
