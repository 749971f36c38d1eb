import type { ReactNode } from 'react';
import { lostFault } from '../../bridge/lost.ts';
import { Note } from '../../components/note.tsx';
import { useAdit } from '../../store-context.ts';

/** Above everything while the app process does not answer. */
export function LinkNotice(): ReactNode {
  const link = useAdit((adit) => adit.link);
  const isKnown = useAdit(({ live }) => live !== null);
  if (link !== 'lost') return null;
  return (
    <div className="notice">
      <Note
        kind="fault"
        note={lostFault}
        why={
          isKnown ? 'What you see is how things were. Trying to reach it again…' : 'Trying to reach it again…'
        }
        isNews
      />
    </div>
  );
}
