import { setTimeout as sleep } from 'node:timers/promises';
import { AditClient } from '../lab/product/client.ts';
import { openTwoHosts } from '../lab/scenarios/two-hosts.ts';
import { childTimeOf, cpuTimeOf, memoryOf } from './figures.ts';

/**
 * What a helper costs that holds one connected tunnel, with nobody watching, against a shell that asks `wg show` at the rate at
 * which the helper looks.
 *
 * @param seconds to measure each of them
 */
export async function benchIdle(seconds: number): Promise<string[]> {
  await using stage = await openTwoHosts();
  const { client, lab, profile } = stage;
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import(profile.name, profile.text);
  await adit.done('up', profile.name, '--wait=10');
  const helper = adit.helper.pid ?? 0;
  await sleep(3_000);

  const used = (pid: number): number => cpuTimeOf(pid) + childTimeOf(pid);
  const before = used(helper);
  await sleep(seconds * 1000);
  const ours = (used(helper) - before) / seconds;

  const everySeconds = 5;
  await using loop = client.start([
    'bash',
    '-c',
    `while :; do wg show > /dev/null; sleep ${everySeconds}; done`,
  ]);
  await sleep(1_000);
  const shell = loop.pid ?? 0;
  const shellBefore = used(shell);
  await sleep(seconds * 1000);
  const theirs = (used(shell) - shellBefore) / seconds;
  const perHour = (milliseconds: number): string =>
    `${((milliseconds * 3600) / 1000).toFixed(1)} s of CPU an hour`;
  return [
    `idle with one connected tunnel: helper ${memoryOf(helper).toFixed(0)} MiB, ${perHour(ours)}; "wg show" every ${everySeconds} s in a shell: ${memoryOf(shell).toFixed(0)} MiB, ${perHour(theirs)}`,
  ];
}
