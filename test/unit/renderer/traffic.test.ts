import { describe, expect, test } from 'vitest';
import { curveOf } from '../../../renderer/model/curve.ts';
import { ratesAt, readMeter } from '../../../renderer/model/meter.ts';
import type { Meter } from '../../../renderer/model/meter.ts';
import { followTraffic } from '../../../renderer/model/traffic.ts';
import type { Traffic } from '../../../renderer/model/traffic.ts';
import { peer, tunnel } from './values.ts';

/** The meter after counters that were found one after the other. */
function meterAfter(...looks: readonly (readonly [at: number, rxBytes: number])[]): Meter | undefined {
  return looks.reduce<Meter | undefined>(
    (meter, [at, rxBytes]) => readMeter(meter, { rxBytes, txBytes: 0 }, at),
    undefined,
  );
}

describe('a meter', () => {
  test('has no rate after one look', () => {
    expect(meterAfter([0, 5000])?.rates).toEqual({ rx: 0, tx: 0 });
  });

  test('gives bytes per second between two looks', () => {
    expect(meterAfter([0, 1000], [1000, 3000])?.rates.rx).toBe(2000);
  });

  test('after a silence takes the bytes for those of the last two seconds at most', () => {
    expect(meterAfter([0, 0], [60_000, 4000])?.rates.rx).toBe(2000);
  });

  test('does not jump when two looks follow each other closely', () => {
    expect(meterAfter([0, 0], [1000, 1000], [1050, 1100], [2000, 2000])?.rates.rx).toBe(1000);
  });

  test('takes a counter that fell for one that was started anew', () => {
    expect(meterAfter([0, 9000], [1000, 500])?.rates.rx).toBe(500);
  });

  test('survives a clock that was set back', () => {
    const rate = meterAfter([100_000, 0], [10_000, 700])?.rates.rx ?? Number.NaN;
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(1001);
  });

  test('fades when it is not renewed', () => {
    const meter = meterAfter([0, 0], [1000, 1000]);
    expect(ratesAt(meter, 2000).rx).toBe(1000);
    expect(ratesAt(meter, 4000).rx).toBe(0);
    expect(ratesAt(undefined, 0).rx).toBe(0);
  });
});

describe('the curve', () => {
  const sample = (at: number, rxBytes: number) => ({ at, rxBytes, txBytes: 0 });

  test('puts what came between two looks into the seconds between them', () => {
    const curve = curveOf([sample(0, 0), sample(2000, 2000), sample(3000, 2000)], 'rx', 3000, 3);
    expect(curve).toEqual([1000, 1000, 0]);
  });

  test('holds all that came, however the looks fall', () => {
    const samples = [0, 900, 2100, 3050, 4000, 9000].map((at) => sample(at, at * 3));
    const sum = curveOf(samples, 'rx', 9000, 9).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(27_000);
  });

  test('leaves out what is older than it', () => {
    expect(curveOf([sample(0, 0), sample(1000, 500)], 'rx', 60_000, 10)).toEqual(new Array(10).fill(0));
  });

  test('is empty without samples', () => {
    expect(curveOf([], 'tx', 0, 4)).toEqual([0, 0, 0, 0]);
  });
});

describe('what is remembered of tunnels', () => {
  const none: Traffic = new Map();

  test('adds the peers up', () => {
    const status = tunnel({ peers: [peer('a', { rxBytes: 10 }), peer('b', { rxBytes: 32 })] });
    expect(followTraffic(none, [status], 0, false).get('wg0')?.total.rxBytes).toBe(42);
  });

  test('keeps the meters of peers that did not change', () => {
    const first = followTraffic(none, [tunnel({ peers: [peer('a'), peer('b')] })], 0, false);
    const second = followTraffic(
      first,
      [tunnel({ peers: [peer('a'), peer('b', { rxBytes: 9 })] })],
      1000,
      true,
    );
    const [before, after] = [first.get('wg0')?.peers, second.get('wg0')?.peers];
    expect(after?.get('a')).toBe(before?.get('a'));
    expect(after?.get('b')).not.toBe(before?.get('b'));
    const third = followTraffic(
      second,
      [tunnel({ peers: [peer('a'), peer('b', { rxBytes: 9 })] })],
      2000,
      true,
    );
    expect(third.get('wg0')?.peers).toBe(after);
  });

  test('forgets a tunnel that is gone', () => {
    expect(followTraffic(followTraffic(none, [tunnel()], 0, false), [], 1000, true).size).toBe(0);
  });

  test('keeps a minute of samples', () => {
    let traffic = none;
    for (let second = 0; second < 300; second += 1) {
      traffic = followTraffic(
        traffic,
        [tunnel({ peers: [peer('a', { rxBytes: second })] })],
        second * 1000,
        true,
      );
    }
    expect(traffic.get('wg0')?.samples.length).toBeLessThan(70);
  });

  test('counts trying from when it was seen to begin, through stale, to an answer', () => {
    const at = (
      before: Traffic,
      state: 'idle' | 'handshaking' | 'stale' | 'connected',
      now: number,
      watched = true,
    ) => followTraffic(before, [tunnel({ state })], now, watched);
    const idle = at(none, 'idle', 0, false);
    const trying = at(idle, 'handshaking', 5000);
    const stale = at(trying, 'stale', 95_000);
    expect(idle.get('wg0')?.tryingSince).toBeNull();
    expect(stale.get('wg0')?.tryingSince).toBe(5000);
    expect(at(stale, 'connected', 99_000).get('wg0')?.tryingSince).toBeNull();
    expect(at(none, 'handshaking', 0).get('wg0')?.tryingSince).toBe(0);
  });

  test('does not claim to know since when, where it came too late', () => {
    const late = followTraffic(none, [tunnel({ state: 'stale' })], 0, false);
    expect(late.get('wg0')?.tryingSince).toBe('unknown');
    expect(followTraffic(late, [tunnel({ state: 'stale' })], 1000, true).get('wg0')?.tryingSince).toBe(
      'unknown',
    );
  });
});
