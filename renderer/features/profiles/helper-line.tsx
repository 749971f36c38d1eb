import type { ReactNode } from 'react';
import type { HelperState } from '../../../shared/contract/ui/verbs.ts';
import { useAdit } from '../../store-context.ts';

/** At the foot of the list: whether the helper is there. */
export function HelperLine(): ReactNode {
  const helper = useAdit(({ live }) => live?.state.helper ?? null);
  const link = useAdit((adit) => adit.link);
  const kind = link === 'open' ? (helper?.kind ?? 'connecting') : 'connecting';
  return (
    <footer className="helper-line">
      <span className={`helper-dot is-${kind}`} />
      {link === 'open' && helper !== null ? words(helper) : 'Looking for Adit’s own process'}
    </footer>
  );
}

function words(helper: HelperState): string {
  switch (helper.kind) {
    case 'connecting':
      return 'Looking for the helper';
    case 'connected':
      return `Helper ${helper.version}`;
    case 'unavailable':
      return 'No helper';
  }
}
