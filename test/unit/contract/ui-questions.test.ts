import { describe, expect, it } from 'vitest';
import { importLimitBytes, uiParams } from '../../../shared/contract/ui/validators.ts';
import type { UiVerb } from '../../../shared/contract/ui/verbs.ts';

const good: Readonly<Record<UiVerb, unknown>> = {
  'state.read': {},
  'profile.import': { files: [{ name: 'home.conf', base64: 'eA==' }] },
  'profile.restore': { name: 'home' },
  'profile.text': { name: 'home', reveal: false },
  'profile.set': { name: 'home', settings: { killSwitch: 'on' } },
  'profile.rename': { name: 'home', newName: 'office' },
  'profile.remove': { name: 'home' },
  'tunnel.up': { name: 'home', accept: ['scripts-refused'] },
  'tunnel.down': { name: 'home' },
  'tunnel.unblock': { name: 'home', minutes: 5 },
  'tunnel.diagnose': { name: 'home', address: '10.43.0.80:80' },
};

const verbs = Object.keys(uiParams) as UiVerb[];

describe('a question of the interface', () => {
  it.each(verbs)('%s is taken as the contract has it', (verb) => {
    expect(uiParams[verb].safeParse(good[verb]).success).toBe(true);
  });

  it.each(verbs)('%s is refused with a word more, a word less, or as something else', (verb) => {
    const question = good[verb] as Record<string, unknown>;
    const [first] = Object.keys(question);
    const less = Object.fromEntries(Object.entries(question).filter(([key]) => key !== first));
    expect(uiParams[verb].safeParse({ ...question, path: '/etc/passwd' }).success).toBe(false);
    if (first !== undefined) expect(uiParams[verb].safeParse(less).success).toBe(false);
    for (const other of [null, undefined, [], 'home', 7])
      expect(uiParams[verb].safeParse(other).success).toBe(false);
  });

  it('names a profile in 1 to 255 characters', () => {
    const named = (name: unknown): boolean => uiParams['tunnel.down'].safeParse({ name }).success;
    expect(['x', '主'.repeat(255)].map(named)).toEqual([true, true]);
    expect(['', 'x'.repeat(256), 7, { toString: 'x' }].map(named)).toEqual([false, false, false, false]);
  });

  it('imports files of base64, up to the limit and no larger', () => {
    const taken = (base64: string): boolean =>
      uiParams['profile.import'].safeParse({ files: [{ name: 'a.conf', base64 }] }).success;
    const full = Math.ceil(importLimitBytes / 3) * 4;
    expect(taken('')).toBe(true);
    expect(taken('A'.repeat(full))).toBe(true);
    expect(taken('A'.repeat(full + 4))).toBe(false);
    expect(taken('not base64!')).toBe(false);
  });

  it('imports at least one file, and at most a thousand', () => {
    const taken = (count: number): boolean =>
      uiParams['profile.import'].safeParse({ files: Array(count).fill({ name: 'a', base64: '' }) }).success;
    expect([0, 1, 1000, 1001].map(taken)).toEqual([false, true, true, false]);
  });
});
