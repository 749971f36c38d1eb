import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { tokensOf } from '../../model/conf-line.ts';

/** Longer texts are shown plain: each line that is drawn apart costs. */
const mostLines = 4000;

/** The text of a .conf with its line numbers. */
export function ConfText({ text }: { readonly text: string }): ReactNode {
  const lines = useMemo(() => text.replace(/\r?\n$/, '').split(/\r?\n/), [text]);
  if (lines.length > mostLines) {
    return (
      <pre className="conf is-plain" tabIndex={0} aria-label="Configuration">
        {text}
      </pre>
    );
  }
  return (
    <pre className="conf" tabIndex={0} aria-label="Configuration">
      {lines.map((line, index) => (
        <span key={index} className="conf-line">
          {tokensOf(line).map(({ kind, text: piece }, at) => (
            <span key={at} className={`conf-${kind}`}>
              {piece}
            </span>
          ))}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
