import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Note } from '../../components/note.tsx';
import { useAdit } from '../../store-context.ts';
import { ConfText } from './conf-text.tsx';
import { Reveal } from './reveal.tsx';
import './configuration.css';

/** The text of a profile, its keys hidden until somebody insists. */
export function Configuration({ name }: { readonly name: string }): ReactNode {
  const openText = useAdit((adit) => adit.openText);
  const closeText = useAdit((adit) => adit.closeText);
  const hideKeys = useAdit((adit) => adit.hideKeys);
  const text = useAdit((adit) => adit.text);

  useEffect(() => {
    void openText(name);
    // Whoever looks away may not be the one who looks next.
    const leave = (): void => {
      if (document.visibilityState === 'hidden') hideKeys();
    };
    document.addEventListener('visibilitychange', leave);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      closeText();
    };
  }, [name, openText, closeText, hideKeys]);

  if (text?.name !== name) return null;
  const shown = text.revealed?.text ?? text.hidden;
  return (
    <div className="configuration">
      <div className="configuration-bar">
        <Reveal hidesAt={text.revealed?.hidesAt ?? null} />
        {shown === null ? null : (
          <CopyButton
            text={shown}
            what={text.revealed === null ? 'configuration, keys hidden' : 'configuration with its keys'}
            words={text.revealed === null ? 'Copy' : 'Copy with keys'}
          />
        )}
      </div>
      {text.fault === null ? null : <Note kind="fault" note={text.fault} isNews />}
      {shown === null ? null : <ConfText text={shown} />}
    </div>
  );
}
