import type { ReactNode } from 'react';
import { useClock } from './clock.ts';

/** A text that goes with time. `at` gives it for a moment in milliseconds since 1970. */
export function Ticking({ at }: { readonly at: (now: number) => string }): ReactNode {
  return useClock(at);
}
