import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../../electron/helper/system/gate.ts';

/** Work that ends when a test says so. */
function workThrough(gate: Gate): { readonly begun: string[]; begin: (name: string) => () => void } {
  const begun: string[] = [];
  return {
    begun,
    begin: (name) => {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      void gate.pass(() => {
        begun.push(name);
        return ended;
      });
      return end;
    },
  };
}

describe('a gate', () => {
  it('lets so many pieces of work through at a time, in the order in which they came', async () => {
    const { begun, begin } = workThrough(new Gate(2));
    const ends = ['a', 'b', 'c', 'd', 'e'].map(begin);
    expect(begun).toEqual(['a', 'b']);
    ends[1]?.();
    await nextTurn();
    expect(begun).toEqual(['a', 'b', 'c']);
    ends[0]?.();
    ends[2]?.();
    await nextTurn();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('gives a place to whoever waits longest, and not to one who comes as it is given up', async () => {
    const gate = new Gate(1);
    const { begun, begin } = workThrough(gate);
    const first = begin('first');
    begin('waits');
    void gate.pass(() => Promise.resolve()).then(() => begun.push('the one behind'));
    first();
    await Promise.resolve();
    begin('late');
    await nextTurn();
    expect(begun).toEqual(['first', 'waits']);
  });

  it('is open again after work that failed, also before it began', async () => {
    const gate = new Gate(1);
    await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const failing = gate.pass(() => {
      throw new Error('at once');
    });
    await expect(failing).rejects.toThrow('at once');
    expect(await gate.pass(() => Promise.resolve(1))).toBe(1);
  });
});
