import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import { Profile } from '../../../electron/backend/profiles/profile.ts';
import { tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { DayOfStatus } from '../inside/day-of-status.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { networkSnapshot } from '../snapshot.ts';
import { AditClient } from './client.ts';

const inside = join(import.meta.dirname, '..', 'inside');
const heapOnRequest = join(inside, 'heap-on-request.ts');
const dayOfStatus = join(inside, 'day-of-status.ts');

/** Bytes by which what a program holds may differ without a leak: what it compiles, and keeps for the next time. */
const heapTolerance = 2 * 1024 * 1024;

/** Bytes by which all the memory of a program may grow: the kernel is not given back at once what is free again. */
const residentTolerance = 48 * 1024 * 1024;

/** How long things may take to come to rest. */
const patience = { timeout: 20_000, interval: 100 };

/** What there is of a helper, and of its host, while no tunnel is up. */
interface Footprint {
  /** What its file descriptors lead to, without numbers. */
  readonly descriptors: readonly string[];
  readonly threads: number;
  /** The names of all that runs on the host. */
  readonly processes: readonly string[];
  /** Everything in the folders that the helper writes to, with the sizes of the files. */
  readonly files: readonly string[];
  readonly network: readonly string[];
}

/** Bytes. */
interface Memory {
  readonly heap: number;
  readonly resident: number;
}

/**
 * Takes a tunnel up and down, again and again, by one connection that also watches; every tenth time with a kill switch and name
 * servers of its own. What is there after the warm-up has to be there at the end, and no more.
 *
 * @param cycles in all
 * @param warmUp how many of them come before the first measurement
 * @returns the figures, for people
 */
export async function endureCycles(cycles: number, warmUp: number): Promise<string> {
  await using stage = await openFullTunnel();
  const { client, lab, profile } = stage;
  const under = { module: heapOnRequest, env: {} };
  await using adit = await AditClient.start(client, lab.folder, { under });
  const helper = await HelperConnection.open(adit.socket);
  let changes = 0;
  await helper.watch(() => (changes += 1));
  const plain = new Profile('home', Buffer.from(profile.text)).tunnel();
  const measureMemory = memoryMeter(adit);

  for (let number = 1; number <= warmUp; number += 1) await upAndDown(helper, variant(plain, number));
  const before = await restingFootprint(adit);
  const memoryBefore = await measureMemory();
  for (let number = warmUp + 1; number <= cycles; number += 1)
    await upAndDown(helper, variant(plain, number));
  await expect.poll(() => footprint(adit), patience).toEqual(before);
  const memory = await measureMemory();
  helper.close();

  expect(changes).toBeGreaterThanOrEqual(2 * cycles);
  expect(memory.heap - memoryBefore.heap).toBeLessThan(heapTolerance);
  expect(memory.resident - memoryBefore.resident).toBeLessThan(residentTolerance);
  const figures = ({ heap, resident }: Memory): string => `heap ${heap} bytes, resident ${resident} bytes`;
  return `after ${warmUp} cycles: ${figures(memoryBefore)}; after ${cycles}: ${figures(memory)}`;
}

/**
 * Looks at a tunnel with traffic in it as often as in some seconds, which go by as fast as the engine answers.
 *
 * @returns the figures, for people
 */
export async function endureStatus(seconds: number): Promise<string> {
  await using stage = await openFullTunnel();
  const { client, profile } = stage;
  await using pings = client.start(['ping', '-q', '-i', '0.005', '10.200.200.2']);
  const argv = [process.execPath, '--expose-gc', dayOfStatus, '/run/adit', String(seconds)];
  const { stdout } = await client.run(argv, { input: profile.text, timeoutMs: 120_000 + seconds * 40 });
  expect(pings.running).toBe(true);
  const { looks, changes, begin, end } = JSON.parse(stdout) as DayOfStatus;
  expect(looks).toBe(seconds);
  // Otherwise it was the same nothing that was looked at.
  expect(changes).toBeGreaterThan(seconds / 100);
  expect({ ...end, heap: 0 }).toEqual({ ...begin, heap: 0 });
  expect(end.heap - begin.heap).toBeLessThan(heapTolerance);
  return `${looks} looks, ${changes} changes: heap ${begin.heap} and ${end.heap} bytes`;
}

function variant(tunnel: Tunnel, number: number): Tunnel {
  if (number % 10 !== 0) return tunnel;
  const dns = { servers: ['10.200.200.2'], searchDomains: ['corp.example'], domains: [] };
  return { ...tunnel, dns, killSwitch: { allowLan: true } };
}

async function upAndDown(helper: HelperConnection, tunnel: Tunnel): Promise<void> {
  const status = await helper.ask('up', { tunnel: tunnelToMessage(tunnel), wait: null });
  expect(status).toMatchObject({
    killSwitch: tunnel.killSwitch === null ? 'off' : 'on',
    dns: { servers: tunnel.dns.servers },
  });
  expect(await helper.ask('down', { interface: tunnel.interface })).toEqual([tunnel.interface]);
  expect(await helper.ask('status', {})).toEqual([]);
}

/** The same twice in a row. */
async function restingFootprint(adit: AditClient): Promise<Footprint> {
  let last = await footprint(adit);
  await expect
    .poll(async () => {
      const [earlier, now] = [last, await footprint(adit)];
      last = now;
      return [earlier, now].map((each) => JSON.stringify(each));
    }, patience)
    .toSatisfy(([earlier, now]: string[]) => earlier === now);
  return last;
}

async function footprint({ host, helper }: AditClient): Promise<Footprint> {
  const places = ['/run/adit', '/run/wireguard', '/var/lib/adit', '/etc'];
  const { stdout } = await host.run(['find', ...places, '-xdev', '-printf', '%p %y %s\n']);
  const process = `/proc/${helper.pid ?? 0}`;
  return {
    descriptors: readdirSync(`${process}/fd`)
      .flatMap((fd) => targetOf(`${process}/fd/${fd}`))
      .sort(),
    threads: readdirSync(`${process}/task`).length,
    processes: host
      .processes()
      .map(({ name }) => name)
      .sort(),
    files: stdout.split('\n').sort(),
    network: await networkSnapshot(host),
  };
}

/** Nothing where it was closed meanwhile. */
function targetOf(descriptor: string): string[] {
  try {
    return [readlinkSync(descriptor).replace(/:\[\d+\]$/, '')];
  } catch {
    return [];
  }
}

/** What asks the helper for its memory. */
function memoryMeter({ helper }: AditClient): () => Promise<Memory> {
  let requests = 0;
  return async () => {
    requests += 1;
    await helper.kill('SIGUSR2');
    const line = await helper.line(new RegExp(`^heap ${requests} `), patience.timeout);
    const [, kibibytes = '0'] =
      /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${helper.pid ?? 0}/status`, 'utf8')) ?? [];
    return { heap: Number(line.split(' ')[2]), resident: Number(kibibytes) * 1024 };
  };
}
