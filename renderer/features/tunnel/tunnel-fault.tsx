import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { waysOn } from '../../model/acceptable.ts';
import type { Entry } from '../../model/entry.ts';
import { useAdit } from '../../store-context.ts';

/** What came of the last press of the switch: a fault, or a question whether to go on in spite of one. */
export function TunnelFault({ entry: { name, fault } }: { readonly entry: Entry }): ReactNode {
  const goOn = useAdit((adit) => adit.goOn);
  const dismiss = useAdit((adit) => adit.dismissFault);
  if (fault === null) return null;
  const ways = waysOn(fault);
  return (
    <Note kind={ways.length === 0 ? 'fault' : 'warning'} note={fault} isNews>
      {ways.map((way, index) => (
        <Button
          key={way.words}
          kind={index === 0 ? 'primary' : 'plain'}
          onClick={() => void goOn(name, fault, way)}
        >
          {way.words}
        </Button>
      ))}
      <Button onClick={() => dismiss(name)}>{ways.length === 0 ? 'Dismiss' : 'Leave it down'}</Button>
    </Note>
  );
}
