import { configurationOf } from '../../unit/config/arbitrary.ts';
import { compare, exceptions } from '../../differential/expectation.ts';
import type { Comparison, Kind } from '../../differential/expectation.ts';
import { judge, reasonNotToJudge } from '../../differential/judge.ts';
import type { Verdict } from '../../differential/judge.ts';
import type { Finding, FuzzPart, Order, Outcome } from '../part.ts';
import { shrink } from '../shrink.ts';

/** How many configurations are judged at a time. */
const batchSize = 2000;

/** Of so many disagreements each is made small; further ones are only counted. */
const mostFindings = 20;

/** One of so many files is judged a second time, by wg-quick started as a program. */
const checkedAgain = 50;

/**
 * The configuration language against the installed `wg` and `wg-quick strip`, which is where `npm test` holds 2,000 files: what the
 * real programs refuse we refuse for the same judge, what they accept we accept, and the states agree.
 */
export const confPart: FuzzPart = { defaultCount: 100_000, reasonNotTo: reasonNotToJudge, run };

interface Disagreeing {
  readonly seed: number;
  readonly bytes: Buffer;
  readonly kind: Kind;
}

async function run({ count, seed, tell }: Order): Promise<Outcome> {
  const tally = new Tally();
  const disagreeing: Disagreeing[] = [];
  let batch = startBatch(seed, Math.min(batchSize, count));
  for (let done = 0; done < count;) {
    const { seeds, files, verdicts } = batch;
    const judged = await verdicts;
    done += files.length;
    // The real programs go on with the next ones while these are compared.
    batch = startBatch(seed + done, Math.min(batchSize, count - done));
    for (const [index, bytes] of files.entries()) {
      const verdict = judged[index];
      if (verdict === undefined) throw new Error('no verdict');
      const comparison = compare(bytes, verdict);
      tally.add(verdict, comparison);
      const [first] = comparison.disagreements;
      if (first !== undefined) disagreeing.push({ seed: seeds[index] ?? 0, bytes, kind: first.kind });
    }
    tell(`${done} of ${count}, ${disagreeing.length} disagreements`);
  }
  await batch.verdicts;
  const findings: Finding[] = [];
  for (const one of disagreeing.slice(0, mostFindings)) findings.push(await findingFor(one));
  return { lines: tally.lines(), findings };
}

interface Batch {
  readonly seeds: readonly number[];
  readonly files: readonly Buffer[];
  readonly verdicts: Promise<readonly Verdict[]>;
}

function startBatch(firstSeed: number, size: number): Batch {
  const seeds = Array.from({ length: size }, (_, index) => firstSeed + index);
  const files = seeds.map(configurationOf);
  return { seeds, files, verdicts: size === 0 ? Promise.resolve([]) : judgeBoth(files) };
}

/** Judges all with the text of wg-quick, and some with the program too: it has to say the same. */
async function judgeBoth(files: readonly Buffer[]): Promise<Verdict[]> {
  const verdicts = await judge(files, 'shared');
  const isAgain = (_: unknown, index: number): boolean => index % checkedAgain === 0;
  const again = await judge(files.filter(isAgain));
  for (const [index, verdict] of verdicts.filter(isAgain).entries()) {
    const { strip, wg, stripped } = verdict;
    const other = again[index];
    if (other?.strip !== strip || other.wg !== wg || !other.stripped.equals(stripped))
      throw new Error(`wg-quick as a program says something else: ${verdict.words} / ${other?.words ?? ''}`);
  }
  return verdicts;
}

async function findingFor({ seed, bytes, kind }: Disagreeing): Promise<Finding> {
  const kindsOf = (file: Buffer, verdict: Verdict | undefined): Kind[] =>
    verdict === undefined ? [] : compare(file, verdict).disagreements.map((one) => one.kind);
  const small = await shrink(bytes, async (files) => {
    const verdicts = await judge(files);
    return files.map((file, index) => kindsOf(file, verdicts[index]).includes(kind));
  });
  const [verdict] = await judge([small]);
  const disagreement =
    verdict === undefined
      ? undefined
      : compare(small, verdict).disagreements.find((one) => one.kind === kind);
  return {
    name: `${kind}-${seed}`,
    extension: 'conf',
    bytes: small,
    words: disagreement?.words ?? 'The programs said something else when they were asked again.',
    home: 'test/fixtures/conf/found',
  };
}

/** Counts how the two judgements compare. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(verdict: Verdict, { compared, disagreements, exception }: Comparison): void {
    this.#count(!verdict.strip ? 'refused by strip' : verdict.wg === true ? 'accepted' : 'refused by wg');
    if (compared) this.#count('states compared');
    if (exception !== null) this.#count(exception);
    this.#count(disagreements.length > 0 ? 'disagree' : exception === null ? 'agree' : 'excepted');
  }

  lines(): string[] {
    const of = (what: string): number => this.#counts.get(what) ?? 0;
    const excepted = exceptions.map((name) => `${name} ${of(name)}`).join(', ');
    return [
      `agree ${of('agree')}, disagree ${of('disagree')}, excepted ${of('excepted')} (${excepted})`,
      `accepted ${of('accepted')}, refused by wg ${of('refused by wg')}, refused by strip ${of('refused by strip')}; states compared ${of('states compared')}`,
    ];
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}
