/** What has been counted since the tunnel came up, in bytes. */
export interface Counters {
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** Bytes per second. */
export interface Rates {
  readonly rx: number;
  readonly tx: number;
}

/** Counters as they were found at a moment, and the rates up to it. */
export interface Meter extends Counters {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rates: Rates;
}

const still: Rates = { rx: 0, tx: 0 };

/** Two looks nearer to each other than this say nothing of a rate. Milliseconds. */
export const shortestSpan = 700;

/**
 * The helper looks once a second and tells only what differs: after a longer silence the bytes came with the last look, or
 * the one before it. Milliseconds.
 */
export const longestSpan = 2000;

/** A rate that has not been renewed for so long is over. Milliseconds. */
const fadeAfter = 2500;

/** The meter after another look. Counters that fell were started anew, and count from zero. */
export function readMeter(before: Meter | undefined, counters: Counters, now: number): Meter {
  const { rxBytes, txBytes } = counters;
  if (before === undefined) return { at: now, rxBytes, txBytes, rates: still };
  if (before.rxBytes === rxBytes && before.txBytes === txBytes) return before;
  const span = now - before.at;
  if (span >= 0 && span < shortestSpan) return before;
  const seconds = Math.min(Math.max(span, shortestSpan), longestSpan) / 1000;
  const rates = {
    rx: grown(before.rxBytes, rxBytes) / seconds,
    tx: grown(before.txBytes, txBytes) / seconds,
  };
  return { at: now, rxBytes, txBytes, rates };
}

/** The rates at a moment: nothing where they were not renewed lately. */
export function ratesAt(meter: Meter | undefined, now: number): Rates {
  return meter === undefined || now - meter.at > fadeAfter ? still : meter.rates;
}

/** How much a counter grew; one that fell was started anew. */
export function grown(before: number, after: number): number {
  return after >= before ? after - before : after;
}
