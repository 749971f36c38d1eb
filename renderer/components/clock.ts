import { useSyncExternalStore } from 'react';

/** One clock for the page: what is counted in seconds moves together, and only while something shows it. */
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/**
 * A value that goes with time, worked out once a second; the component is drawn again only where it differs. Give back
 * a text or a number.
 *
 * @param at from the moment in milliseconds since 1970
 */
export function useClock<T extends string | number>(at: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => at(now));
}
