import { grown, longestSpan } from './meter.ts';
import type { Sample } from './traffic.ts';

/** Which of the two directions of a tunnel. */
export type Direction = 'rx' | 'tx';

/**
 * Bytes in each of the last `seconds` seconds, the oldest first. What came between two samples is spread evenly over the
 * time between them, or over the last {@link longestSpan} of a longer silence.
 */
export function curveOf(
  samples: readonly Sample[],
  direction: Direction,
  now: number,
  seconds: number,
): readonly number[] {
  const slots = new Array<number>(seconds).fill(0);
  const start = now - seconds * 1000;
  samples.forEach((sample, index) => {
    const before = samples[index - 1];
    if (before === undefined) return;
    const bytes = grown(counter(before, direction), counter(sample, direction));
    const span = Math.min(sample.at - before.at, longestSpan);
    if (bytes > 0 && span > 0) spread(slots, bytes / span, sample.at - span - start, sample.at - start);
  });
  return slots;
}

function counter(sample: Sample, direction: Direction): number {
  return direction === 'rx' ? sample.rxBytes : sample.txBytes;
}

/** Adds `perMillisecond` to the slots between two moments, in milliseconds from the start of the first slot. */
function spread(slots: number[], perMillisecond: number, from: number, to: number): void {
  const first = Math.max(0, Math.floor(from / 1000));
  const last = Math.min(slots.length - 1, Math.floor(to / 1000));
  for (let slot = first; slot <= last; slot += 1) {
    const overlap = Math.min(to, (slot + 1) * 1000) - Math.max(from, slot * 1000);
    if (overlap > 0) slots[slot] = (slots[slot] ?? 0) + perMillisecond * overlap;
  }
}
