import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import { PingStream } from './ping-stream.ts';

/** A deadline, in milliseconds from the call. */
interface Deadline {
  readonly deadlineMs?: number;
}

/**
 * Pings until something answers and gives the milliseconds that took.
 * @throws when nothing has answered by the deadline (5,000 ms unless told).
 */
export async function firstReply(
  host: Host,
  address: string,
  { deadlineMs = 5000 }: Deadline = {},
): Promise<number> {
  const begin = performance.now();
  await using stream = new PingStream(host, address, { intervalMs: 20 });
  while (performance.now() - begin < deadlineMs) {
    const [reply] = stream.replies;
    if (reply !== undefined) return reply.at - begin;
    await sleep(2);
  }
  throw new Error(`${host.name}: ${address} did not answer within ${deadlineMs} ms; ${stream.complaint}`);
}

/** Whether an address answers one of three pings within about a second. */
export async function answers(host: Host, address: string): Promise<boolean> {
  const argv = ['ping', '-n', '-q', '-c', '3', '-i', '0.2', '-W', '0.6', address];
  const { stdout } = await host.run(argv, { allowFailure: true, timeoutMs: 5000 });
  return / [1-3] received/.test(stdout);
}

/** What a web server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Gets `http://HOST[:PORT]/PATH` from inside a host, by bash alone: no curl to install, and 5 ms instead of node's 40.
 * @throws when there is no answer within `timeoutMs` (3,000 unless told).
 */
export async function httpGet(host: Host, url: string, timeoutMs = 3000): Promise<HttpAnswer> {
  const { hostname, port, pathname } = new URL(url);
  const script = `exec 3<>"/dev/tcp/$1/$2"; printf 'GET %s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' "$3" "$1" >&3; cat <&3`;
  const argv = [
    'bash',
    '-c',
    script,
    'get',
    hostname.replace(/^\[|\]$/g, ''),
    port === '' ? '80' : port,
    pathname,
  ];
  const { stdout } = await host.run(argv, { timeoutMs });
  const [, status = '0'] = /^HTTP\/1\.\d (\d+)/.exec(stdout) ?? [];
  return { status: Number(status), body: stdout.slice(stdout.indexOf('\r\n\r\n') + 4) };
}

/** The address under which a web server of the lab sees this host; throws as {@link httpGet}. */
export async function callerSeenBy(host: Host, url: string, timeoutMs?: number): Promise<string> {
  const { body } = await httpGet(host, url, timeoutMs);
  return (JSON.parse(body) as { caller: string }).caller;
}

/** The IPv4 addresses a name server gives for a name, asked from inside a host; none where it does not know it. */
export async function lookUp(host: Host, server: string, name: string): Promise<string[]> {
  const program = `
    const { Resolver } = require('node:dns').promises;
    const resolver = new Resolver({ timeout: 1000, tries: 2 });
    resolver.setServers([process.argv[1]]);
    resolver.resolve4(process.argv[2]).then((all) => console.log(all.join('\\n')), (error) => {
      if (error.code !== 'ENOTFOUND' && error.code !== 'ENODATA') throw error;
    });`;
  const { stdout } = await host.run([process.execPath, '-e', program, server, name]);
  return stdout.split('\n').filter(Boolean);
}
