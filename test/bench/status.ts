import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HelperConnection } from '../../electron/backend/helper-client/connection.ts';
import { Profile } from '../../electron/backend/profiles/profile.ts';
import { tunnelToMessage } from '../../shared/contract/helper/messages.ts';
import type { Host } from '../lab/host.ts';
import { newKeyPair } from '../lab/keys.ts';
import { Lab } from '../lab/lab.ts';
import { AditClient } from '../lab/product/client.ts';
import { Running } from '../lab/running.ts';
import { childTimeOf, cpuTimeOf, median, memoryOf } from './figures.ts';

/** How much one look at a tunnel may cost, against one `wg show all dump`. */
const limits: Readonly<Record<number, number>> = { 1: 0.5, 100: 0.5, 1000: 1 };

/**
 * One status tick: the processor time of helper and backend for each second in which a backend watches, against that of spawning
 * `wg show all dump` once; for tunnels of 1, 100 and 1,000 peers in which nothing happens.
 *
 * @param seconds to watch each tunnel
 */
export async function benchStatus(seconds: number): Promise<string[]> {
  const lines: string[] = [];
  for (const peers of [1, 100, 1000]) lines.push(await tick(peers, seconds));
  return lines;
}

async function tick(peers: number, seconds: number): Promise<string> {
  await using lab = await Lab.open('bench');
  const [client] = await lab.hosts('client');
  await using adit = await AditClient.start(client, lab.folder);
  const helper = await HelperConnection.open(adit.socket);
  await helper.ask('up', {
    tunnel: tunnelToMessage(new Profile('many', Buffer.from(confWith(peers))).tunnel()),
    wait: null,
  });
  helper.close();
  const helperPid = adit.helper.pid ?? 0;
  const program = join(import.meta.dirname, 'inside', 'watcher.ts');
  await using watcher = new Running('watcher', [process.execPath, program, adit.socket]);
  await watcher.line(/connected/);
  const watcherPid = watcher.pid ?? 0;
  await sleep(3_000);

  const used = (): number => cpuTimeOf(helperPid) + childTimeOf(helperPid) + cpuTimeOf(watcherPid);
  const before = used();
  await sleep(seconds * 1000);
  const ours = (used() - before) / seconds;
  const theirs = await dumpTime(client, 20);
  const ratio = ours / theirs;
  return `status tick, ${peers} peers: Adit ${ours.toFixed(2)} ms of CPU, "wg show all dump" ${theirs.toFixed(2)} ms, ratio ${ratio.toFixed(2)} (limit ${limits[peers] ?? Number.NaN}), ${seconds} ticks, helper ${memoryOf(helperPid).toFixed(0)} MiB`;
}

/** The processor time of one `wg show all dump`, started and ended, in milliseconds. */
async function dumpTime(client: Host, times: number): Promise<number> {
  const script = `for i in $(seq ${times}); do wg show all dump > /dev/null; done; cat /proc/self/sched > /dev/null 2>&1; times`;
  const measured: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const { stdout } = await client.run(['bash', '-c', script]);
    // bash prints "user sys" of itself, and below that of its children, as 0m0.012s.
    const children = stdout.trim().split('\n').at(-1) ?? '';
    measured.push(children.split(' ').reduce((sum, text) => sum + seconds(text), 0) / times);
  }
  return median(measured) * 1000;
}

function seconds(text: string): number {
  const [, minutes = '0', rest = '0'] = /(\d+)m([\d.]+)s/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

function confWith(peers: number): string {
  const sections = Array.from(
    { length: peers },
    (_, index) =>
      `[Peer]\nPublicKey = ${newKeyPair().publicKey}\nAllowedIPs = 10.${64 + (index >> 8)}.${index & 255}.0/24\n`,
  );
  return [`[Interface]\nPrivateKey = ${newKeyPair().privateKey}\nAddress = 10.0.0.1/32\n`, ...sections].join(
    '\n',
  );
}
