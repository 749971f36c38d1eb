import type { ReactNode } from 'react';
import './badge.css';

/** How many of something wait for the eye. */
export interface BadgeText {
  readonly kind: 'fault' | 'warning';
  readonly count: number;
  /** The same for those who listen: `2 errors`. */
  readonly words: string;
}

/** A number in a small field, beside the words that it belongs to. */
export function Badge({ kind, count, words }: BadgeText): ReactNode {
  return (
    <span className={`badge is-${kind}`} title={words}>
      <span aria-hidden="true">{count}</span>
      <span className="unseen">, {words}</span>
    </span>
  );
}
