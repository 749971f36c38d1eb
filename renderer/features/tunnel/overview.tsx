import type { ReactNode } from 'react';
import { Note } from '../../components/note.tsx';
import type { Entry } from '../../model/entry.ts';
import { Peers } from '../peers/peers.tsx';
import { Figures } from './figures.tsx';
import { InterfaceFacts } from './interface-facts.tsx';
import { Blocking, KillSwitch } from './kill-switch.tsx';
import { TunnelFault } from './tunnel-fault.tsx';

/** What a tunnel does, or would do: figures, the interface, the peers. */
export function Overview({ entry }: { readonly entry: Entry }): ReactNode {
  const { tunnel } = entry;
  const failure = tunnel?.failure ?? null;
  // It has a note of its own, with what can be done.
  const otherWarnings = tunnel?.warnings.filter(({ code }) => code !== 'uplink-open') ?? [];
  return (
    <div className="overview">
      <TunnelFault entry={entry} />
      {failure === null ? null : <Note kind="fault" note={failure} isNews />}
      <Blocking entry={entry} />
      {otherWarnings.map((warning) => (
        <Note key={warning.code + warning.message} kind="warning" note={warning} />
      ))}
      {tunnel === null ? null : <Figures tunnel={tunnel} />}
      <InterfaceFacts entry={entry} />
      <KillSwitch entry={entry} />
      <Peers entry={entry} />
    </div>
  );
}
