import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Ticking } from '../../components/ticking.tsx';
import { revealFor } from '../../store.ts';
import { useAdit } from '../../store-context.ts';

/** Milliseconds for which the second question stands. */
const askFor = 8000;

/** Shows the keys after a second, deliberate press; counts down to when they hide again. */
export function Reveal({ hidesAt }: { readonly hidesAt: number | null }): ReactNode {
  const revealKeys = useAdit((adit) => adit.revealKeys);
  const hideKeys = useAdit((adit) => adit.hideKeys);
  const [isAsking, setIsAsking] = useState(false);

  useEffect(() => {
    if (!isAsking) return;
    const timer = setTimeout(() => setIsAsking(false), askFor);
    return () => clearTimeout(timer);
  }, [isAsking]);

  if (hidesAt !== null) {
    return (
      <div className="reveal">
        <Button onClick={hideKeys}>Hide keys</Button>
        <span className="muted">
          <Ticking at={(now) => `hidden again in ${Math.max(0, Math.ceil((hidesAt - now) / 1000))} s`} />
        </span>
      </div>
    );
  }
  if (!isAsking) {
    return (
      <div className="reveal">
        <Button icon="key" onClick={() => setIsAsking(true)}>
          Reveal keys
        </Button>
      </div>
    );
  }
  return (
    <div className="reveal" role="group" aria-label="Reveal keys">
      <span>Whoever sees the private key can pose as this machine.</span>
      <Button autoFocus onClick={() => setIsAsking(false)}>
        Keep hidden
      </Button>
      <Button
        kind="danger"
        onClick={(event) => {
          // The second half of a double click is no second decision.
          if (event.detail > 1) return;
          setIsAsking(false);
          void revealKeys();
        }}
      >
        Show for {revealFor / 1000} s
      </Button>
    </div>
  );
}
