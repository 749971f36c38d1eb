import { useId, useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import './dialog.css';

/** A question that has to be answered before anything else. Escape answers no. */
export function Dialog(props: {
  readonly title: string;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { title, onCancel, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // Before it leaves the document: closing gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
