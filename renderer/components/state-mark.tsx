import type { ReactNode } from 'react';
import type { TunnelState } from '../../shared/tunnel/status.ts';
import './state-mark.css';

/** The dot of a state. Each has its own shape too, for eyes that tell colours badly; a word stands beside it. */
export function StateMark({ state }: { readonly state: TunnelState }): ReactNode {
  return (
    <svg className={`state-mark is-${state}`} viewBox="0 0 12 12" aria-hidden="true">
      {shape(state)}
    </svg>
  );
}

function shape(state: TunnelState): ReactNode {
  switch (state) {
    case 'connected':
      return <circle className="filled" cx="6" cy="6" r="4.5" />;
    case 'idle':
      return (
        <>
          <circle className="drawn" cx="6" cy="6" r="4" />
          <circle className="filled" cx="6" cy="6" r="1.75" />
        </>
      );
    case 'handshaking':
    case 'connecting':
    case 'disconnecting':
      return (
        <>
          <circle className="track" cx="6" cy="6" r="4" />
          <path className="drawn turning" d="M6 2a4 4 0 0 1 4 4" />
        </>
      );
    case 'stale':
      return <path className="filled" d="M6 1.2 11.2 10.4H.8Z" />;
    case 'failed':
      return <path className="drawn" d="m2.5 2.5 7 7m0-7-7 7" />;
    case 'down':
      return <circle className="drawn" cx="6" cy="6" r="4" />;
  }
}
