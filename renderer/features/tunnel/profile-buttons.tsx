import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { useAdit } from '../../store-context.ts';

/** What can be done with a profile that is not up. */
export function ProfileButtons(props: {
  readonly isUp: boolean;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { isUp, onRename, onRemove } = props;
  const isLinked = useAdit(({ link }) => link === 'open');
  const why = isUp ? 'Switch the tunnel off first' : undefined;
  return (
    <>
      <Button kind="quiet" disabled={isUp || !isLinked} title={why} onClick={onRename}>
        Rename
      </Button>
      <Button kind="quiet" disabled={isUp || !isLinked} title={why} onClick={onRemove}>
        Remove
      </Button>
    </>
  );
}
