import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { goOnWords } from '../../model/acceptable.ts';
import type { Entry } from '../../model/entry.ts';
import { useAdit } from '../../store-context.ts';

/** What came of the last press of the switch: a fault, or a question whether to go on in spite of one. */
export function TunnelFault({ entry: { name, fault } }: { readonly entry: Entry }): ReactNode {
  const press = useAdit((adit) => adit.press);
  const dismiss = useAdit((adit) => adit.dismissFault);
  if (fault === null) return null;
  const goOn = goOnWords(fault);
  return (
    <Note kind={goOn === null ? 'fault' : 'warning'} note={fault} isNews>
      {goOn === null ? null : (
        <Button kind="primary" onClick={() => void press(name, 'up', [fault.code])}>
          {goOn}
        </Button>
      )}
      <Button onClick={() => dismiss(name)}>{goOn === null ? 'Dismiss' : 'Leave it down'}</Button>
    </Note>
  );
}
