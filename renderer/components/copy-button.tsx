import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, IconButton } from './button.tsx';
import { copyText } from './clipboard.ts';

/** Milliseconds for which a button says that it copied. */
const sayFor = 1600;

type Said = 'nothing' | 'copied' | 'failed';

/** Copies a text, and says so. Without `words` it is an icon. */
export function CopyButton(props: {
  readonly text: string;
  /** What is copied: `public key`. */
  readonly what: string;
  readonly words?: string;
}): ReactNode {
  const { text, what, words } = props;
  const [said, setSaid] = useState<Said>('nothing');

  useEffect(() => {
    if (said === 'nothing') return;
    const timer = setTimeout(() => setSaid('nothing'), sayFor);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = () => void copyText(text).then((isDone) => setSaid(isDone ? 'copied' : 'failed'));
  const icon = said === 'copied' ? 'check' : said === 'failed' ? 'close' : 'copy';
  return (
    <>
      {words === undefined ? (
        <IconButton icon={icon} label={`Copy ${what}`} className="is-small" onClick={copy} />
      ) : (
        <Button icon={icon} onClick={copy}>
          {said === 'copied' ? 'Copied' : said === 'failed' ? 'Not allowed' : words}
        </Button>
      )}
      <span className="unseen" role="status">
        {said === 'copied' ? `Copied ${what}` : said === 'failed' ? 'The clipboard could not be written' : ''}
      </span>
    </>
  );
}
