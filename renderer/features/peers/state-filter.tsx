import type { ReactNode } from 'react';
import type { PeerState } from '../../../shared/tunnel/status.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { formatNumber } from '../../format/count.ts';
import { stateWord } from '../../model/sentence.ts';

/** How many peers are in each state; pressing one shows these alone. */
export function StateFilter(props: {
  readonly counts: readonly { readonly state: PeerState; readonly count: number }[];
  readonly total: number;
  readonly current: PeerState | null;
  readonly onChange: (state: PeerState | null) => void;
}): ReactNode {
  const { counts, total, current, onChange } = props;
  return (
    <div className="state-filter" role="group" aria-label="Show peers">
      <button type="button" aria-pressed={current === null} onClick={() => onChange(null)}>
        All <span>{formatNumber(total)}</span>
      </button>
      {counts.map(({ state, count }) => (
        <button
          key={state}
          type="button"
          aria-pressed={current === state}
          onClick={() => onChange(current === state ? null : state)}
        >
          <StateMark state={state} />
          {stateWord(state)} <span>{formatNumber(count)}</span>
        </button>
      ))}
    </div>
  );
}
