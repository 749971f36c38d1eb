import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { diagnose, parse } from '../../shared/config/index.ts';
import { deviceOf } from '../../shared/config/meaning/device.ts';
import { formatPrefix } from '../../shared/network/prefix.ts';
import { spread, median } from './figures.ts';
import { manyPeers } from './many-peers.ts';
import { parseWithRival, peersOf } from './rival-parser.ts';

/** How long a file of 10,000 peers may take, in milliseconds. */
const limitMs = 100;

/**
 * A file of 10,000 peers, about 1 MB: parsed and diagnosed by us, against the fastest parser on npm that reads such files rightly,
 * which only parses (docs/decisions/conf-language.md), in turn; and our first time in a process that has just begun.
 *
 * @throws where the two do not read the same
 */
export function benchConfig(rounds: number): Promise<string[]> {
  const text = manyPeers(10_000);
  const ours = deviceOf(parse(text)).peers.map(
    ({ publicKey, allowedIps }) => `${publicKey} ${allowedIps.map(formatPrefix).join()}`,
  );
  if (ours.join('\n') !== peersOf(parseWithRival(text)).join('\n'))
    throw new Error('the two read differently');
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    own.push(timeOf(() => diagnose(parse(text))));
    theirs.push(timeOf(() => parseWithRival(text)));
  }
  const ratios = own.map((time, round) => time / (theirs[round] ?? Number.NaN));
  const first = Array.from({ length: 5 }, () => Number(execFileSync(process.execPath, [firstTime])));
  return Promise.resolve([
    `config, 10,000 peers in ${(text.length / 1e6).toFixed(2)} MB: Adit parses and diagnoses in ${spread(own)} ms (limit ${limitMs}), ` +
      `@jedmao/ini-parser only parses in ${spread(theirs)} ms, ratio ${median(ratios).toFixed(2)} (limit 1), ${rounds} rounds; ` +
      `first time in a new process ${spread(first)} ms`,
  ]);
}

const firstTime = join(import.meta.dirname, 'inside', 'first-diagnosis.ts');

function timeOf(task: () => unknown): number {
  const began = performance.now();
  task();
  return performance.now() - began;
}
