import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { Switch } from '../../components/switch.tsx';
import type { Entry } from '../../model/entry.ts';
import { useAdit } from '../../store-context.ts';
import './kill-switch.css';

/** Minutes for which a press opens the uplink. */
const openFor = 5;

/** What may leave the machine beside the tunnel: the switches of the profile, and how the kill switch stands. */
export function KillSwitch({ entry }: { readonly entry: Entry }): ReactNode {
  const { name, profile, tunnel } = entry;
  const decide = useAdit((adit) => adit.decide);
  const isLinked = useAdit(({ link }) => link === 'open');
  const [isBusy, setBusy] = useState(false);
  if (profile === null) return null;
  const { killSwitch, allowLan } = profile.settings;
  const press = (settings: Parameters<typeof decide>[1]): void => {
    setBusy(true);
    void decide(name, settings).finally(() => setBusy(false));
  };

  return (
    <section className="kill-switch" aria-label="Kill switch">
      <Setting
        title="Kill switch"
        sentence={
          killSwitch === 'on'
            ? 'Nothing leaves this machine but through tunnels, as long as this one is on. Not kept over a restart of the machine.'
            : 'Packets that the tunnel does not carry leave as they do without it.'
        }
        state={tunnel === null || tunnel.killSwitch === 'off' ? null : tunnel.killSwitch}
      >
        <Switch
          label="Kill switch"
          isOn={killSwitch === 'on'}
          isBusy={isBusy}
          isDisabled={!isLinked}
          onPress={(isOn) => press({ killSwitch: isOn ? 'on' : 'off' })}
        />
      </Setting>
      {killSwitch === 'on' ? (
        <Setting
          title="Local network"
          sentence={
            allowLan === 'on'
              ? 'Printers, storage and other machines of the network you are in stay within reach.'
              : 'The network you are in is out of reach too.'
          }
          state={null}
        >
          <Switch
            label="Allow the local network"
            isOn={allowLan === 'on'}
            isBusy={isBusy}
            isDisabled={!isLinked}
            onPress={(isOn) => press({ allowLan: isOn ? 'on' : 'off' })}
          />
        </Setting>
      ) : null}
    </section>
  );
}

/** What to do where the kill switch lets nothing out because no peer answers: wait, or sign in at a captive portal. */
export function Blocking({ entry: { name, tunnel } }: { readonly entry: Entry }): ReactNode {
  const unblock = useAdit((adit) => adit.unblock);
  const portal = useAdit(({ portals }) => portals.get(name));
  if (tunnel?.killSwitch !== 'blocking') return null;
  const opened = tunnel.warnings.find(({ code }) => code === 'uplink-open');
  if (opened === undefined) {
    return (
      <Note kind="warning" note={blocking}>
        <Button kind="primary" onClick={() => void unblock(name, openFor)}>
          Open for {openFor} minutes
        </Button>
      </Note>
    );
  }
  const why = portal === undefined ? {} : { why: `Sign in at ${portal}` };
  return (
    <Note kind="warning" note={opened} {...why} isNews>
      <Button onClick={() => void unblock(name, 0)}>Close now</Button>
    </Note>
  );
}

const blocking = {
  code: 'kill-switch-blocking',
  message: 'No peer answers, and the kill switch lets nothing else out.',
  hint: 'It is tried all the time. If this network wants you to sign in on a page of its own, open the uplink to your programs for a while.',
};

function Setting(props: {
  readonly title: string;
  readonly sentence: string;
  readonly state: 'on' | 'blocking' | null;
  readonly children: ReactNode;
}): ReactNode {
  const { title, sentence, state, children } = props;
  return (
    <div className="setting">
      {children}
      <p>
        <strong>{title}</strong>
        {state === null ? null : <span className={`setting-state is-${state}`}>{state}</span>}
        <span className="setting-sentence">{sentence}</span>
      </p>
    </div>
  );
}
