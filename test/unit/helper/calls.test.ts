import { describe, expect, test } from 'vitest';
import { hasAnswered } from '../../../electron/helper/tunnels/calls.ts';

const called = { heardBytes: 1000, renewedAt: null };
const at = 1_795_310_000_000;

describe('a peer that is called', () => {
  test.each([
    ['nothing', 0, false],
    ['its own call', 148, false],
    ['a keepalive', 32, true],
    ['its own call and a keepalive', 180, true],
    ['an answer to a handshake', 92, true],
  ])('has sent %s', (_what, bytes, answered) => {
    expect(hasAnswered({ rxBytes: 1000 + bytes, latestHandshake: at }, called)).toBe(answered);
  });

  test('has not answered by the session of before, once a new one was begun', () => {
    const renewed = { ...called, renewedAt: at + 1 };
    expect(hasAnswered({ rxBytes: 9000, latestHandshake: at }, renewed)).toBe(false);
    expect(hasAnswered({ rxBytes: 1000, latestHandshake: at + 1 }, renewed)).toBe(true);
  });
});
