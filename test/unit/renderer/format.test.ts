import { describe, expect, test } from 'vitest';
import { formatBytes, formatRate } from '../../../renderer/format/bytes.ts';
import { formatCount } from '../../../renderer/format/count.ts';
import { formatAgo, formatDuration } from '../../../renderer/format/duration.ts';
import { shortKey } from '../../../renderer/format/key.ts';
import { formatMoment } from '../../../renderer/format/moment.ts';

describe('bytes', () => {
  test.for([
    [0, '0 B'],
    [-5, '0 B'],
    [348, '348 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [1024, '1.00 KiB'],
    [88.91 * 1024 ** 2, '88.9 MiB'],
    [733.03 * 1024 ** 2, '733 MiB'],
    [999.7 * 1024, '0.98 MiB'],
    [1024 ** 3 * 1.02, '1.02 GiB'],
    [Number.MAX_SAFE_INTEGER, '8.00 PiB'],
  ] as const)('%d is %s', ([bytes, text]) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('never take more than three digits', () => {
    for (let bytes = 1; bytes < 1e15; bytes = bytes * 1.7 + 1) {
      expect(formatBytes(bytes).replace(/\D/g, '').length).toBeLessThanOrEqual(3);
    }
  });

  test('per second', () => {
    expect(formatRate(1536)).toBe('1.50 KiB/s');
  });
});

describe('durations', () => {
  test.for([
    [-1, '0 s'],
    [0, '0 s'],
    [999, '0 s'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [3_600_000, '1 h'],
    [86_400_000 * 4 + 3_700_000, '4 d 1 h'],
  ] as const)('%d ms is %s', ([milliseconds, text]) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test('of a moment that lies ahead are no age', () => {
    expect(formatAgo(-90_000)).toBe('just now');
    expect(formatAgo(500)).toBe('just now');
    expect(formatAgo(1000)).toBe('1 s ago');
  });
});

test('a moment of another day names the day', () => {
  const now = new Date(2026, 1, 3, 12, 0).getTime();
  const today = formatMoment(new Date(2026, 1, 3, 8, 27).getTime(), now);
  const before = formatMoment(new Date(2026, 1, 1, 8, 27).getTime(), now);
  expect(today).toMatch(/27/);
  expect(before.length).toBeGreaterThan(today.length);
});

test('a key is shortened so that both ends show', () => {
  expect(shortKey('JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=')).toBe('JgvmQFmh…wzko=');
  expect(shortKey('short')).toBe('short');
});

test('a count agrees with its noun', () => {
  expect(formatCount(1, 'peer')).toBe('1 peer');
  expect(formatCount(1000, 'peer')).toBe('1,000 peers');
  expect(formatCount(9, 'prefix')).toBe('9 prefixes');
});
