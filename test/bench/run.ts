/**
 * `npm run bench`: the figures of docs/figures.md, measured here and now. Timings on a shared machine are noisy: what is compared
 * is measured in turn in one run, and the median is what counts.
 */
import { whyNoLab } from '../lab/requirements.ts';
import { benchIdle } from './idle.ts';
import { benchStatus } from './status.ts';
import { benchUp } from './up.ts';

const reason = whyNoLab();
if (reason !== null) {
  console.error(`The benchmarks need the lab: ${reason}`);
  process.exit(1);
}
const parts: Readonly<Record<string, () => Promise<string[]>>> = {
  up: () => benchUp(20),
  status: () => benchStatus(5),
  idle: () => benchIdle(60),
};
const wanted = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) for (const line of await part()) console.log(line);
}
