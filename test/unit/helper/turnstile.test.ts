import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../electron/helper/system/turnstile.ts';

describe('the turnstile', () => {
  it('lets one piece of work through at a time, in the order in which they came', async () => {
    const turnstile = new Turnstile();
    const seen: string[] = [];
    const work = (name: string, turns: number) => async (): Promise<string> => {
      seen.push(`${name} begins`);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      seen.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([
      turnstile.pass(work('a', 20)),
      turnstile.pass(work('b', 0)),
      turnstile.pass(work('c', 5)),
    ]);
    expect(results).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('tells the one who asked of a failure, and nobody else', async () => {
    const turnstile = new Turnstile();
    const failing = turnstile.pass(() => Promise.reject(new Error('no')));
    const next = turnstile.pass(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('takes work that fails before it begins for failed work', async () => {
    const turnstile = new Turnstile();
    const failing = turnstile.pass(() => {
      throw new Error('at once');
    });
    await expect(failing).rejects.toThrow('at once');
    expect(await turnstile.pass(() => Promise.resolve(1))).toBe(1);
  });
});
