import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, generateKeyPair, parse } from '../../shared/config/index.ts';
import { configurationOf, corpus } from '../unit/config/arbitrary.ts';
import { fixture } from '../unit/config/fixtures.ts';
import { rows } from '../unit/config/specification-rows.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { compare } from './expectation.ts';
import { judge, reasonNotToJudge } from './judge.ts';
import type { Verdict } from './judge.ts';

/** ADIT_FUZZ_COUNT configurations, from ADIT_FUZZ_SEED on; the seed of a failure is in its message. */
const count = Number(process.env['ADIT_FUZZ_COUNT'] ?? 2000);
const firstSeed = Number(process.env['ADIT_FUZZ_SEED'] ?? 1);
const reason = reasonNotToJudge();
const rowFiles = rows.map(({ name }) => fixture(`rows/${name}.conf`));

describe.skipIf(reason !== null)(
  `wg and wg-quick agree with us${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('on the corpus', { timeout: 60_000 }, async () => {
      const verdicts = await judge(corpus);
      expect(disagreementsOn(corpus, verdicts)).toEqual([]);
    });

    it('on every row of the specification, as it says', { timeout: 60_000 }, async () => {
      const verdicts = await judge(rowFiles);
      const said = verdicts.map(({ strip, wg }) =>
        !strip ? 'refused by strip' : wg === true ? 'accepted' : 'refused by wg',
      );
      expect(said.map((verdict, index) => `${rows[index]?.name ?? ''}: ${verdict}`)).toEqual(
        rows.map(({ name, verdict }) => `${name}: ${verdict}`),
      );
      expect(disagreementsOn(rowFiles, verdicts)).toEqual([]);
    });

    it(
      'as programs and as text that is shared, which is how npm run fuzz asks wg-quick',
      {
        timeout: 60_000,
      },
      async () => {
        const files = [...corpus, ...rowFiles];
        expect((await judge(files, 'shared')).map(withoutProgram)).toEqual(
          (await judge(files)).map(withoutProgram),
        );
      },
    );

    it(`on ${count} generated configurations`, { timeout: 60_000 + count * 50 }, async () => {
      const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);
      const configurations = seeds.map(configurationOf);
      const verdicts = await judge(configurations);
      const comparisons = configurations.map((bytes, index) => compare(bytes, verdictAt(verdicts, index)));
      const of = (index: number): string => `seed ${seeds[index] ?? 0}`;
      expect(disagreementsOn(configurations, verdicts, of)).toEqual([]);
      // A generator that only made refused files would compare nothing, and so would exceptions for everything.
      expect(comparisons.filter(({ compared }) => compared).length).toBeGreaterThan(count / 4);
      expect(comparisons.filter(({ exception }) => exception !== null).length).toBeLessThan(
        Math.max(3, count / 500),
      );
    });

    it('on the names of files', () => {
      const folder = temporaryFolder();
      const names = [
        'wg0',
        'a',
        '-x',
        'lo',
        '.',
        '..',
        'a.b',
        'A_b=+-.9',
        'a b',
        'a:b',
        'h\u00e4',
        '\u5bb6',
        '',
        'a@b',
      ];
      for (const name of [...names, 'a'.repeat(15), 'a'.repeat(16), '.conf', 'a\n']) {
        const path = join(folder, `${name}.conf`);
        writeFileSync(path, '[Interface]\n');
        const { status } = spawnSync('wg-quick', ['strip', path]);
        const found = diagnose(parse('[Interface]\n'), { interface: name });
        const refused = found.some(({ judge, severity }) => judge === 'strip' && severity === 'error');
        expect([name, refused]).toEqual([name, status !== 0]);
      }
    });

    it('on the public keys of a hundred private ones', () => {
      for (let index = 0; index < 100; index += 1) {
        const { privateKey, publicKey } = generateKeyPair();
        expect(execFileSync('wg', ['pubkey'], { input: privateKey }).toString().trim()).toBe(publicKey);
      }
    });
  },
);

function verdictAt(verdicts: readonly Verdict[], index: number): Verdict {
  const verdict = verdicts[index];
  if (verdict === undefined) throw new RangeError('no verdict');
  return verdict;
}

/** Every disagreement in words, with the file. */
function disagreementsOn(
  files: readonly Buffer[],
  verdicts: readonly Verdict[],
  nameOf: (index: number) => string = String,
): string[] {
  return files.flatMap((bytes, index) =>
    compare(bytes, verdictAt(verdicts, index)).disagreements.map(
      ({ kind, words }) => `${nameOf(index)}: ${kind}\n${JSON.stringify(bytes.toString('latin1'))}\n${words}`,
    ),
  );
}

/** What wg-quick's own words begin with depends on how it was started, and which port is free on when. */
function withoutProgram(verdict: Verdict): Verdict {
  return { ...verdict, words: verdict.words.replace(/^(wg-quick|lane\.sh): /gm, ''), dump: '' };
}
