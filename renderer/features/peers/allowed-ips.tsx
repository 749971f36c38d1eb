import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';

/** Most prefixes that are shown unasked; one more than this is shown too, for `+1 more` takes as much room. */
const shownFirst = 3;

/** The allowed IPs of a peer; many are folded. */
export function AllowedIps({ prefixes }: { readonly prefixes: readonly string[] }): ReactNode {
  const [isWhole, setIsWhole] = useState(false);
  if (prefixes.length === 0) return <span className="muted">no addresses</span>;
  const isFolding = prefixes.length > shownFirst + 1;
  const shown = isFolding && !isWhole ? prefixes.slice(0, shownFirst) : prefixes;
  return (
    <>
      {shown.map((prefix) => (
        <span key={prefix} className="mono peer-prefix">
          {prefix}
        </span>
      ))}
      {isFolding ? (
        <Button kind="quiet" className="is-link" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `+${prefixes.length - shownFirst} more`}
        </Button>
      ) : null}
    </>
  );
}
