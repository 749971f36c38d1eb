/** Milliseconds before the first attempt to reach the app process again, and the longest between two. */
const shortest = 250;
const longest = 5000;

/**
 * Milliseconds to wait before an attempt: twice as long each time, spread over a quarter so that many pages do not come
 * at once.
 *
 * @param attempt 0 for the first
 * @param chance 0..1
 */
export function backoff(attempt: number, chance: number): number {
  return Math.min(longest, shortest * 2 ** attempt) * (0.75 + chance / 4);
}
