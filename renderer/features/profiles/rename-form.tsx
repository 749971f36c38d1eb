import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Fault } from '../../../shared/fault.ts';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAdit } from '../../store-context.ts';
import './profile-forms.css';

/** Gives a profile another name. Enter saves, Escape leaves it. */
export function RenameForm(props: {
  readonly name: string;
  /** What it is called on the screen. */
  readonly title: string;
  readonly onDone: () => void;
}): ReactNode {
  const { name, title, onDone } = props;
  const rename = useAdit((adit) => adit.rename);
  const [newName, setNewName] = useState(name);
  const [fault, setFault] = useState<Fault | null>(null);
  const [opener] = useState(() => document.activeElement);
  const input = useRef<HTMLInputElement>(null);
  const isAsking = useRef(false);
  const id = useId();

  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    },
    [opener],
  );

  const save = async (): Promise<void> => {
    const wanted = newName.trim();
    if (wanted === '' || isAsking.current) return;
    if (wanted === name) {
      onDone();
      return;
    }
    isAsking.current = true;
    const refused = await rename(name, wanted);
    isAsking.current = false;
    setFault(refused);
    if (refused === null) onDone();
    else input.current?.focus();
  };

  return (
    <form
      className="rename-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
      }}
    >
      <label htmlFor={id}>Name</label>
      <TextField
        ref={input}
        id={id}
        autoFocus
        value={newName}
        aria-invalid={fault !== null}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setNewName(event.target.value)}
      />
      <Button kind="primary" type="submit" disabled={newName.trim() === ''}>
        Save
      </Button>
      <Button onClick={onDone}>Cancel</Button>
      {title === name ? null : (
        <p className="rename-about">
          This is the name of its file. “{title}” is written in the file and stays.
        </p>
      )}
      {fault === null ? null : <Note kind="fault" note={fault} isNews />}
    </form>
  );
}
