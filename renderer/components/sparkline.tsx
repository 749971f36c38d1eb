import type { ReactNode } from 'react';
import './sparkline.css';

const height = 24;

/** A curve that is lower than this is drawn as low: keepalives are no traffic. Bytes per second. */
const smallestScale = 2048;

/** The course of a value over time, without a scale: it shows when, and next to it a figure says how much. */
export function Sparkline({ values }: { readonly values: readonly number[] }): ReactNode {
  const scale = Math.max(smallestScale, ...values);
  const points = values.map(
    (value, index) => `${index} ${(height - 1 - (value / scale) * (height - 3)).toFixed(1)}`,
  );
  const line = `M${points.join('L')}`;
  const last = values.length - 1;
  return (
    <svg
      className={values.some((value) => value > 0) ? 'sparkline' : 'sparkline is-still'}
      viewBox={`0 0 ${Math.max(1, last)} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className="sparkline-area" d={`${line}L${last} ${height}L0 ${height}Z`} />
      <path className="sparkline-line" d={line} />
    </svg>
  );
}
