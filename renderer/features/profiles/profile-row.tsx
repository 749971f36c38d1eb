import { memo } from 'react';
import type { ReactNode } from 'react';
import type { TunnelState } from '../../../shared/tunnel/status.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { Switch } from '../../components/switch.tsx';
import { formatCount } from '../../format/count.ts';
import { stateWord } from '../../model/sentence.ts';
import { useAdit } from '../../store-context.ts';

interface ProfileRowProps {
  readonly name: string;
  readonly title: string;
  readonly state: TunnelState;
  readonly isOn: boolean;
  readonly isSelected: boolean;
  readonly errors: number;
  /** Whether it waits for an answer. */
  readonly isAsking: boolean;
  /** Whether there is a profile, and not only a tunnel. */
  readonly isKept: boolean;
}

/** One profile: its state, what it is called, and its switch. */
export const ProfileRow = memo(function ProfileRow(props: ProfileRowProps): ReactNode {
  const { name, title, state, isOn, isSelected } = props;
  const select = useAdit((adit) => adit.select);
  const press = useAdit((adit) => adit.press);
  const isLinked = useAdit(({ link }) => link === 'open');
  return (
    <li className={`profile-row ${isSelected ? 'is-selected' : ''}`}>
      <button
        type="button"
        className="profile-row-open"
        aria-current={isSelected ? 'true' : undefined}
        onClick={() => select(name)}
      >
        <StateMark state={state} />
        <span className="profile-row-title" title={title}>
          {title}
        </span>
        <span className="profile-row-state">
          <span className={`state-word is-${state}`}>{stateWord(state)}</span>
          <Aside {...props} />
        </span>
      </button>
      <Switch
        label={`Tunnel ${title}`}
        isOn={isOn}
        isBusy={state === 'connecting' || state === 'disconnecting'}
        isDisabled={!isLinked}
        onPress={(on) => void press(name, on ? 'up' : 'down')}
      />
    </li>
  );
});

/** What else there is to know of a profile at a glance, the gravest first. */
function Aside({ name, title, errors, isAsking, isKept }: ProfileRowProps): ReactNode {
  if (errors > 0) return <span className="profile-row-aside is-fault">{formatCount(errors, 'error')}</span>;
  if (isAsking) return <span className="profile-row-aside is-warning">has a question</span>;
  if (!isKept) return <span className="profile-row-aside">no profile here</span>;
  return title === name ? null : <span className="profile-row-aside">{name}</span>;
}
