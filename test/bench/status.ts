import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HelperConnection } from '../../electron/backend/helper-client/connection.ts';
import { Profile } from '../../electron/backend/profiles/profile.ts';
import { tunnelToMessage } from '../../shared/contract/helper/messages.ts';
import { newKeyPair } from '../lab/keys.ts';
import { Lab } from '../lab/lab.ts';
import { AditClient } from '../lab/product/client.ts';
import { Running } from '../lab/running.ts';
import { childTimeOf, cpuTimeOf, median, memoryOf, spread } from './figures.ts';

/** How much one look at a tunnel may cost, against one `wg show all dump`. */
const limits: Readonly<Record<number, number>> = { 1: 0.5, 100: 0.5, 1000: 1 };

/** Seconds of each comparison. */
const windowSeconds = 10;

/**
 * One status tick: the processor time of helper and backend for each second in which a backend watches, against that of spawning
 * `wg show all dump` once a second meanwhile; for tunnels of 1, 100 and 1,000 peers in which nothing happens.
 *
 * @param windows of ten seconds, of whose ratios the median counts
 */
export async function benchStatus(windows: number): Promise<string[]> {
  const lines: string[] = [];
  for (const peers of [1, 100, 1000]) lines.push(await tick(peers, windows));
  return lines;
}

async function tick(peers: number, windows: number): Promise<string> {
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
  await using dumper = client.start(['bash', '-c', dumperScript]);
  await sleep(3_000);

  const ours: number[] = [];
  const theirs: number[] = [];
  const used = (): number => cpuTimeOf(helperPid) + childTimeOf(helperPid) + cpuTimeOf(watcherPid);
  let [usedBefore, dumpsBefore] = [used(), await dumpTime(dumper)];
  for (let window = 0; window < windows; window += 1) {
    for (let second = 0; second < windowSeconds; second += 1) {
      await sleep(1_000);
      dumper.write('dump\n');
    }
    const [usedNow, dumpsNow] = [used(), await dumpTime(dumper)];
    ours.push((usedNow - usedBefore) / windowSeconds);
    theirs.push((dumpsNow - dumpsBefore) / windowSeconds);
    [usedBefore, dumpsBefore] = [usedNow, dumpsNow];
  }
  const ratios = ours.map((time, window) => time / (theirs[window] ?? Number.NaN));
  return (
    `status tick, ${peers} peers: ratio ${spread(ratios)} (limit ${limits[peers] ?? Number.NaN}); ` +
    `Adit ${median(ours).toFixed(2)} ms of CPU, "wg show all dump" ${median(theirs).toFixed(2)} ms; ` +
    `${windows} windows of ${windowSeconds} ticks; helper ${memoryOf(helperPid).toFixed(0)} MiB`
  );
}

/** Runs `wg` when it is told to, and tells how much processor time that took all in all. */
const dumperScript =
  'while read -r word; do case $word in dump) wg show all dump > /dev/null ;; *) times ;; esac; done';

/** The processor time of all dumps so far, in milliseconds. */
async function dumpTime(dumper: Running): Promise<number> {
  const times: string[] = [];
  const heard = new Promise<void>((resolve) => {
    const stop = dumper.onLine((line) => {
      // bash prints "user sys" of itself, and below that of its children, as 0m0.012s.
      if (times.push(line) < 2) return;
      stop();
      resolve();
    });
  });
  dumper.write('times\n');
  await heard;
  return 1000 * (times[1] ?? '').split(' ').reduce((sum, text) => sum + seconds(text), 0);
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
