import type { ReactNode } from 'react';

/** Strokes on a grid of 16. */
const paths = {
  back: 'M10 3 5 8l5 5',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
  down: 'M8 3v10m0 0 4-4m-4 4L4 9',
  key: 'M9.5 6.5 14 2m-2 2 1.5 1.5M10 10a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Z',
  plus: 'M8 3v10M3 8h10',
  search: 'm10.5 10.5 3 3M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0Z',
  up: 'M8 13V3m0 0L4 7m4-4 4 4',
  warning: 'M8 6.5v3m0 2v.01M7.1 2.9 1.8 12a1 1 0 0 0 .9 1.5h10.6a1 1 0 0 0 .9-1.5L8.9 2.9a1 1 0 0 0-1.8 0Z',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof paths;

/** A small drawing beside words that say the same; it is silent to those who listen. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
