import type { ReactNode } from 'react';
import type { TunnelState } from '../../../shared/tunnel/status.ts';
import { IconButton } from '../../components/button.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { Switch } from '../../components/switch.tsx';
import { Ticking } from '../../components/ticking.tsx';
import { formatDuration } from '../../format/duration.ts';
import { formatMoment } from '../../format/moment.ts';
import type { Entry } from '../../model/entry.ts';
import { stateSentence, stateWord } from '../../model/sentence.ts';
import { useAdit } from '../../store-context.ts';
import { RenameForm } from '../profiles/rename-form.tsx';

/** What is chosen, how it is, and its switch. */
export function TunnelHeader(props: {
  readonly entry: Entry;
  readonly isRenaming: boolean;
  readonly onRenamed: () => void;
}): ReactNode {
  const { entry, isRenaming, onRenamed } = props;
  const { name, title, state, isOn } = entry;
  const closeDetail = useAdit((adit) => adit.closeDetail);
  const press = useAdit((adit) => adit.press);
  const isLinked = useAdit(({ link }) => link === 'open');
  const isKnown = useAdit(({ live }) => state !== 'down' || live?.state.helper.kind === 'connected');
  const word = isKnown ? stateWord(state) : 'Unknown';

  return (
    <header className="tunnel-header">
      <div className="tunnel-bar">
        <IconButton icon="back" label="All tunnels" className="tunnel-back" onClick={closeDetail} />
        {isRenaming ? (
          <RenameForm name={name} title={title} onDone={onRenamed} />
        ) : (
          <>
            <h2 className="tunnel-title" title={title}>
              {title}
            </h2>
            <Switch
              label={`Tunnel ${title}`}
              size="large"
              isOn={isOn}
              isBusy={state === 'connecting' || state === 'disconnecting'}
              isDisabled={!isLinked}
              onPress={(on) => void press(name, on ? 'up' : 'down')}
            />
          </>
        )}
      </div>
      <p className="tunnel-state">
        <StateMark state={state} />
        <span>
          <strong className={`state-word is-${state}`}>{word}</strong>{' '}
          {isKnown ? <StateSentence entry={entry} /> : unknownSentence}
        </span>
        <Since entry={entry} />
      </p>
      <span className="unseen" role="status">{`${title}: ${word}`}</span>
    </header>
  );
}

/** A helper that was ended with --keep left its tunnels standing. */
const unknownSentence = 'Without the helper nobody can say whether it stands.';

function StateSentence({ entry }: { readonly entry: Entry }): ReactNode {
  const traffic = useAdit(({ live }) =>
    entry.tunnel === null ? undefined : live?.traffic.get(entry.tunnel.interface),
  );
  return (
    <span className="tunnel-sentence">
      <Ticking at={(now) => stateSentence(entry, traffic, now)} />
    </span>
  );
}

/** States in which a tunnel does not stand, whatever it did before. */
const notStanding: ReadonlySet<TunnelState> = new Set(['down', 'connecting', 'disconnecting', 'failed']);

function Since({ entry: { state, tunnel } }: { readonly entry: Entry }): ReactNode {
  const since = Date.parse(tunnel?.since ?? '');
  if (Number.isNaN(since) || notStanding.has(state)) return null;
  return (
    <span className="tunnel-since">
      <Ticking at={(now) => `Up since ${formatMoment(since, now)} (${formatDuration(now - since)})`} />
    </span>
  );
}
