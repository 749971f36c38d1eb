import { describe, expect, it } from 'vitest';
import { shrink } from '../../fuzz/shrink.ts';
import type { Judge } from '../../fuzz/shrink.ts';

function whereThereIs(pattern: RegExp): Judge {
  return (inputs) => Promise.resolve(inputs.map((input) => pattern.test(input.toString('latin1'))));
}

async function shrunk(text: string, pattern: RegExp): Promise<string> {
  return (await shrink(Buffer.from(text, 'latin1'), whereThereIs(pattern))).toString('latin1');
}

describe('an input with a fault', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join('');

  it('is left with the lines that the fault needs, and of these with the bytes', async () => {
    expect(await shrunk(`${lines}Endpoint = [x\xff]:1\n${lines}`, /\[.*\xff/)).toBe('[\xff');
  });

  it('keeps two places that need each other', async () => {
    expect(await shrunk(`a${lines}b${lines}c`, /a[^]*c/)).toBe('ac');
  });

  it('may be nothing at all', async () => {
    expect(await shrunk(lines, /^/)).toBe('');
  });

  it('stays as it is where nothing can go', async () => {
    expect(await shrunk('xyz', /^xyz$/)).toBe('xyz');
  });
});
