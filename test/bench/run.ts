/**
 * `npm run bench`: what Adit takes, measured here and now. Timings on a shared machine are noisy: what is compared
 * is measured in turn in one run, and the median is what counts.
 *
 *   npm run bench                                 all of them
 *   npm run bench -- throughput up --rounds=3     some, and less often, for trying
 */
import { whyNoLab } from '../lab/requirements.ts';
import { benchAlgebra } from './algebra.ts';
import { benchChange } from './change.ts';
import { benchCluster } from './cluster.ts';
import { benchConfig } from './config.ts';
import { benchIdle } from './idle.ts';
import { benchRoam } from './roam.ts';
import { benchStatus } from './status.ts';
import { benchThroughput } from './throughput.ts';
import { benchUp } from './up.ts';

const words = process.argv.slice(2);
const rounds = roundsIn(words);

const parts: Readonly<Record<string, () => Promise<string[]>>> = {
  config: () => benchConfig(rounds ?? 25),
  algebra: () => benchAlgebra(rounds ?? 25),
  cluster: () => benchCluster(rounds ?? 15),
  change: () => benchChange(rounds ?? 20),
  up: () => benchUp(rounds ?? 20),
  status: () => benchStatus(rounds ?? 5),
  roam: () => benchRoam(rounds ?? 20),
  throughput: () => benchThroughput(rounds ?? 15),
  idle: () => benchIdle(60),
};
/** What runs anywhere; the others need the lab. */
const pure: readonly string[] = ['config', 'algebra', 'cluster'];

const wanted = words.filter((word) => !word.startsWith('--'));
const chosen = Object.entries(parts).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const reason = chosen.every(([name]) => pure.includes(name)) ? null : whyNoLab();
if (reason !== null) {
  console.error(`The benchmarks need the lab: ${reason}`);
  process.exit(1);
}
for (const [, part] of chosen) for (const line of await part()) console.log(line);

/** How often each is measured, where the words say so. */
function roundsIn(given: readonly string[]): number | null {
  const option = given.find((word) => word.startsWith('--'));
  if (option === undefined) return null;
  const [, number] = /^--rounds=([1-9]\d*)$/.exec(option) ?? [];
  if (number !== undefined) return Number(number);
  console.error(`There is no ${option}: --rounds=N is all there is.`);
  process.exit(2);
}
