import { Resolver } from 'node:dns/promises';
import type { KnockAnswer } from './knock.ts';

/** What the resolver says where no answer came; whatever else it says, it had one. */
const silences: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED', 'ECANCELLED', 'EBADRESP']);

/** Asks a name server for the name servers of the root, which any answer is good enough to. Never rejects. @param wait milliseconds */
export async function askNameServer(server: string, wait: number): Promise<KnockAnswer> {
  const begin = Date.now();
  const resolver = new Resolver({ timeout: Math.round(wait / 3), tries: 2 });
  const deadline = setTimeout(() => resolver.cancel(), wait);
  try {
    resolver.setServers([server.includes(':') ? `[${server}]` : server]);
    await resolver.resolveNs('.');
    return { outcome: 'answered', milliseconds: Date.now() - begin };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ECONNREFUSED') return { outcome: 'refused', milliseconds: Date.now() - begin };
    if (silences.has(code)) return { outcome: 'silent', milliseconds: null };
    return { outcome: 'answered', milliseconds: Date.now() - begin };
  } finally {
    clearTimeout(deadline);
  }
}
