import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

/** A command to run, as it is typed, with a button to copy it. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton text={text} what="command" />
    </div>
  );
}
