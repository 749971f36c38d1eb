import { join } from 'node:path';
import type { Host } from './host.ts';
import type { Running } from './running.ts';

/** Starts a web server on port 80 of every address of the host, which tells the caller's address. */
export function startWeb(host: Host): Promise<Running> {
  return startService(host, 'echo-server.ts', '80');
}

/** Starts a name server on port 53 that knows these names, each with its addresses. */
export function startNames(
  host: Host,
  names: Readonly<Record<string, string | readonly string[]>>,
): Promise<Running> {
  return startService(host, 'dns-server.ts', '53', JSON.stringify(names));
}

/** Starts a name server on a host that knows these names, each with its address; {@link startNames}, or a real one. */
export type NameServing = (host: Host, names: Readonly<Record<string, string>>) => Promise<unknown>;

async function startService(host: Host, program: string, ...args: string[]): Promise<Running> {
  const service = host.start([process.execPath, join(import.meta.dirname, 'inside', program), ...args]);
  await service.line(/^listening$/, 10_000);
  return service;
}
