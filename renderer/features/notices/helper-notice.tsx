import type { ReactNode } from 'react';
import { Note } from '../../components/note.tsx';
import { useAdit } from '../../store-context.ts';
import './notices.css';

const why =
  'The helper is the part of Adit that runs as root: it makes the tunnels and keeps them up. ' +
  'Until it is there, profiles can be imported and read, but not connected.';

/** Above everything while the helper is not there: what it is, and how it is started. */
export function HelperNotice(): ReactNode {
  const helper = useAdit(({ live }) => live?.state.helper ?? null);
  const isLinked = useAdit(({ link }) => link === 'open');
  if (!isLinked || helper?.kind !== 'unavailable') return null;
  return (
    <div className="notice">
      <Note kind="warning" note={helper.fault} why={why} isNews />
    </div>
  );
}
