import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../shared/config/index.ts';
import { configurationOf, corpus } from '../unit/config/arbitrary.ts';
import { rows } from '../unit/config/specification-rows.ts';
import { disagreements, namedException } from './expectation.ts';
import { judge, reasonNotToJudge } from './judge.ts';

/** ADIT_FUZZ_COUNT configurations, from ADIT_FUZZ_SEED on; the seed of a failure is in its message. */
const count = Number(process.env['ADIT_FUZZ_COUNT'] ?? 2000);
const firstSeed = Number(process.env['ADIT_FUZZ_SEED'] ?? 1);
const reason = reasonNotToJudge();

describe.skipIf(reason !== null)(
  `wg and wg-quick agree with us${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('on the corpus', { timeout: 60_000 }, async () => {
      const verdicts = await judge(corpus);
      const found = corpus.flatMap((bytes, index) => {
        const verdict = verdicts[index];
        return verdict === undefined
          ? []
          : disagreements(bytes, verdict).map(
              (words) => `${JSON.stringify(bytes.toString('latin1'))}\n${words}`,
            );
      });
      expect(found).toEqual([]);
    });

    it('on every row of the specification, as it says', { timeout: 60_000 }, async () => {
      const verdicts = await judge(rows.map(({ text }) => Buffer.from(text)));
      const said = verdicts.map(({ strip, wg }) =>
        !strip ? 'refused by strip' : wg === true ? 'accepted' : 'refused by wg',
      );
      expect(said.map((verdict, index) => `${rows[index]?.name ?? ''}: ${verdict}`)).toEqual(
        rows.map(({ name, verdict }) => `${name}: ${verdict}`),
      );
      const found = rows.flatMap(({ text }, index) => {
        const verdict = verdicts[index];
        return verdict === undefined ? [] : disagreements(Buffer.from(text), verdict);
      });
      expect(found).toEqual([]);
    });

    it(`on ${count} generated configurations`, { timeout: 60_000 + count * 50 }, async () => {
      const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);
      const configurations = seeds.map(configurationOf);
      const verdicts = await judge(configurations);
      let accepted = 0;
      let excepted = 0;
      const found = configurations.flatMap((bytes, index) => {
        const verdict = verdicts[index];
        if (verdict === undefined) return ['no verdict'];
        if (verdict.wg === true) accepted += 1;
        if (namedException(bytes, verdict) !== null) excepted += 1;
        return disagreements(bytes, verdict).map(
          (words) => `seed ${seeds[index] ?? 0}: ${JSON.stringify(bytes.toString('latin1'))}\n${words}`,
        );
      });
      expect(found).toEqual([]);
      // A generator that only made refused files would compare nothing, and so would exceptions for everything.
      expect(accepted).toBeGreaterThan(count / 5);
      expect(excepted).toBeLessThan(Math.max(2, count / 100));
    });

    it('on the public keys of a hundred private ones', () => {
      for (let index = 0; index < 100; index += 1) {
        const { privateKey, publicKey } = generateKeyPair();
        expect(execFileSync('wg', ['pubkey'], { input: privateKey }).toString().trim()).toBe(publicKey);
      }
    });
  },
);
