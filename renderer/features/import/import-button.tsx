import { useRef } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import type { ButtonKind } from '../../components/button.tsx';
import { useAdit } from '../../store-context.ts';

/** Opens the file dialog. What comes back are contents: no path of this machine reaches the page. */
export function ImportButton(props: { readonly words: string; readonly kind?: ButtonKind }): ReactNode {
  const { words, kind = 'plain' } = props;
  const importFiles = useAdit((adit) => adit.importFiles);
  const isLinked = useAdit(({ link }) => link === 'open');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind={kind} icon="plus" disabled={!isLinked} onClick={() => input.current?.click()}>
        {words}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        accept=".conf,.txt,.zip,.png,.jpg,.jpeg,.json,.yaml,.yml"
        hidden
        aria-label="Configuration files"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // So that choosing the same file again is a change again.
          event.currentTarget.value = '';
          void importFiles(files);
        }}
      />
    </>
  );
}
