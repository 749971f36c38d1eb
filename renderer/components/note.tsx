import type { ReactNode } from 'react';
import { Command } from './command.tsx';
import { Icon } from './icon.tsx';
import './note.css';

/** How bad it is. */
export type NoteKind = 'fault' | 'warning' | 'plain';

const icons = { fault: 'close', warning: 'warning', plain: 'check' } as const;

/** What a fault, a failure and a warning have in common. */
export interface NoteText {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly command?: string;
}

/** Something that went wrong or may: what, what to do, the command that does it, the code for those who ask. */
export function Note(props: {
  readonly kind: NoteKind;
  readonly note: NoteText;
  /** Whether it is new to the reader, and should be spoken. */
  readonly isNews?: boolean;
  /** What it means, between what happened and what to do. */
  readonly why?: string;
  /** Buttons. */
  readonly children?: ReactNode;
}): ReactNode {
  const { kind, note, isNews = false, why, children } = props;
  return (
    <div className={`note is-${kind}`} role={isNews ? 'alert' : undefined}>
      <Icon name={icons[kind]} />
      <div className="note-body">
        <p className="note-message">{note.message}</p>
        {why === undefined ? null : <p className="note-hint">{why}</p>}
        <p className="note-hint">{note.hint}</p>
        {note.command === undefined ? null : <Command text={note.command} />}
        {children === undefined ? null : <div className="note-actions">{children}</div>}
      </div>
      <code className="note-code">{note.code}</code>
    </div>
  );
}
