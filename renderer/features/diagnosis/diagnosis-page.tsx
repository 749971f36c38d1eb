import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Note } from '../../components/note.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAdit } from '../../store-context.ts';
import { DiagnosisResult } from './diagnosis-result.tsx';
import './diagnosis.css';

/** Asks what is wrong with a tunnel, and shows what was found. */
export function DiagnosisPage({ name }: { readonly name: string }): ReactNode {
  const diagnose = useAdit((adit) => adit.diagnose);
  const isLinked = useAdit(({ link }) => link === 'open');
  const diagnosis = useAdit((adit) => (adit.diagnosis?.name === name ? adit.diagnosis : null));
  const [address, setAddress] = useState('');
  const id = useId();
  const result = diagnosis?.result ?? null;
  const fault = diagnosis?.fault ?? null;
  const isRunning = diagnosis !== null && result === null && fault === null;

  return (
    <div className="diagnosis">
      <form
        className="diagnosis-form"
        onSubmit={(event) => {
          event.preventDefault();
          void diagnose(name, address.trim() === '' ? null : address.trim());
        }}
      >
        <label htmlFor={id}>Address that should be reached</label>
        <TextField
          id={id}
          className="mono"
          placeholder="none in particular"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
        <Button kind="primary" type="submit" disabled={!isLinked || isRunning}>
          Diagnose
        </Button>
      </form>
      <p className="diagnosis-about">
        Asks endpoints, peers and the hosts on the way, and tells what to look at on each. An address may have
        a port, 10.43.0.80:80. It sends packets, and changes nothing.
      </p>
      <div role="status" className="diagnosis-running">
        {isRunning ? 'Asking the network. This takes up to half a minute.' : null}
      </div>
      {fault === null ? null : <Note kind="fault" note={fault} isNews />}
      {result === null ? null : <DiagnosisResult diagnosis={result} />}
    </div>
  );
}
