import type { ReactNode } from 'react';

/** The entrance of a tunnel. */
export function Brand(): ReactNode {
  return (
    <svg className="brand" viewBox="0 0 20 20" aria-hidden="true">
      <path className="brand-arch" d="M2.5 17.5v-7a7.5 7.5 0 0 1 15 0v7" />
      <path className="brand-light" d="M6.5 17.5v-7a3.5 3.5 0 0 1 7 0v7Z" />
    </svg>
  );
}
