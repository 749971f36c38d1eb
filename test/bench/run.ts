/**
 * `npm run bench`: the figures of docs/figures.md, measured here and now. Timings on a shared machine are noisy: what is compared
 * is measured in turn in one run, and the median is what counts.
 */
import { whyNoLab } from '../lab/requirements.ts';
import { benchAlgebra } from './algebra.ts';
import { benchConfig } from './config.ts';
import { benchIdle } from './idle.ts';
import { benchStatus } from './status.ts';
import { benchUp } from './up.ts';

const parts: Readonly<Record<string, () => Promise<string[]>>> = {
  config: () => benchConfig(25),
  algebra: () => benchAlgebra(25),
  up: () => benchUp(20),
  status: () => benchStatus(5),
  idle: () => benchIdle(60),
};
/** What runs anywhere; the others need the lab. */
const pure: readonly string[] = ['config', 'algebra'];

const wanted = process.argv.slice(2);
const chosen = Object.entries(parts).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const reason = chosen.every(([name]) => pure.includes(name)) ? null : whyNoLab();
if (reason !== null) {
  console.error(`The benchmarks need the lab: ${reason}`);
  process.exit(1);
}
for (const [, part] of chosen) for (const line of await part()) console.log(line);
