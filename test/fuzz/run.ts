/**
 * `npm run fuzz [NAME...]`: generated inputs, many more than `npm test` has time for. Fails where anything is found, and leaves each
 * finding as a file that can be added to the fixtures.
 *
 * ADIT_FUZZ_COUNT and ADIT_FUZZ_SEED set how many and from where on; without a seed every run has its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { confPart } from './conf/conf-part.ts';
import { helperPart } from './helper/helper-part.ts';
import type { Finding, FuzzPart } from './part.ts';

const parts: Readonly<Record<string, FuzzPart>> = { conf: confPart, helper: helperPart };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')} to fuzz; there is ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
const seed = numberFrom('ADIT_FUZZ_SEED') ?? Math.floor(Math.random() * 2 ** 31);
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const reason = part.reasonNotTo();
  if (reason === null) await run(name, part);
  else {
    console.error(`${name}: cannot be fuzzed here: ${reason}`);
    process.exitCode = 1;
  }
}

async function run(name: string, part: FuzzPart): Promise<void> {
  const count = numberFrom('ADIT_FUZZ_COUNT') ?? part.defaultCount;
  console.log(`${name}: ${count} inputs, seed ${seed} (ADIT_FUZZ_SEED=${seed} gives the same again)`);
  const began = performance.now();
  const tell = (words: string): void => {
    console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s: ${words}`);
  };
  const { lines, findings } = await part.run({ count, seed, tell });
  for (const line of lines) console.log(`${name}: ${line}`);
  for (const finding of findings) keep(finding);
  if (findings.length > 0) process.exitCode = 1;
}

function keep({ name, extension, bytes, words, home }: Finding): void {
  const folder = join(tmpdir(), `adit-fuzz-${seed}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.${extension}`);
  writeFileSync(file, bytes);
  console.log(
    `\n${name}: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}\n${words}\n  cp ${file} ${home}/`,
  );
}

function numberFrom(variable: string): number | null {
  const text = process.env[variable];
  if (text === undefined) return null;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) {
    console.error(`${variable} is no number: ${text}`);
    process.exit(2);
  }
  return number;
}
