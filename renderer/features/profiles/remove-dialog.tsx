import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Fault } from '../../../shared/fault.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Note } from '../../components/note.tsx';
import { useAdit } from '../../store-context.ts';

/** Asks before a profile goes. */
export function RemoveDialog(props: {
  readonly name: string;
  readonly title: string;
  readonly onDone: () => void;
}): ReactNode {
  const { name, title, onDone } = props;
  const remove = useAdit((adit) => adit.remove);
  const [fault, setFault] = useState<Fault | null>(null);
  const isAsking = useRef(false);

  const confirm = async (): Promise<void> => {
    if (isAsking.current) return;
    isAsking.current = true;
    const refused = await remove(name);
    isAsking.current = false;
    setFault(refused);
    if (refused === null) onDone();
  };

  return (
    <Dialog title={`Remove “${title}”?`} onCancel={onDone}>
      <p>
        Adit’s copy of its configuration is deleted, with the private key in it. If that is the only copy, the
        key is gone.
      </p>
      {fault === null ? null : <Note kind="fault" note={fault} isNews />}
      <div className="dialog-actions">
        <Button autoFocus onClick={onDone}>
          Cancel
        </Button>
        <Button kind="danger" onClick={() => void confirm()}>
          Remove
        </Button>
      </div>
    </Dialog>
  );
}
