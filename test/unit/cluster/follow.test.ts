import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SyncStep } from '../../../electron/backend/cluster/sync.ts';
import type { Answer } from '../../../electron/cli/command.ts';
import { follow, pauseAfter } from '../../../electron/cli/commands/cluster/sync.ts';
import { FaultError } from '../../../shared/fault.ts';

const inStep: SyncStep = { differences: [], stale: [], gateway: null, isApplied: false, warnings: [] };

/** Follows a cluster whose looks do this, until there have been two. @returns milliseconds between the two, and what was said */
async function twoLooks(look: () => Promise<SyncStep>): Promise<{ apart: number; said: Answer[] }> {
  const end = new AbortController();
  const began: number[] = [];
  const said: Answer[] = [];
  const step = (): Promise<SyncStep> => {
    began.push(performance.now());
    if (began.length === 2) end.abort();
    return look();
  };
  await follow({ say: (answer) => void said.push(answer) }, 'work', { step }, 0.05, end.signal);
  return { apart: (began[1] ?? NaN) - (began[0] ?? NaN), said };
}

describe('what follows a cluster', () => {
  it('asks one that takes its time no more than a tenth of the time', async () => {
    const { apart } = await twoLooks(async () => {
      await sleep(100);
      return inStep;
    });
    expect(apart).toBeGreaterThan(1000);
  });

  it('leaves nobody alone for more than a minute, who has once been slow, unless told so', () => {
    expect([0.1, 2, 30].map((took) => pauseAfter(5, took))).toEqual([5, 20, 60]);
    expect(pauseAfter(3600, 30)).toBe(3600);
  });

  it('asks one that does not answer again soon, however long it was waited for', async () => {
    const { apart, said } = await twoLooks(async () => {
      await sleep(1000);
      throw new FaultError({ code: 'api-timeout', message: 'Nothing came.', hint: 'Try again.' });
    });
    expect(apart).toBeLessThan(9000);
    expect(said.map(({ text }) => text)).toEqual([
      '! Nothing came. The tunnel stays as it is.\n  Try again.',
    ]);
  });
});
