import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { formatCount } from '../../format/count.ts';
import type { Peer } from '../../model/peer-list.ts';
import { useAdit } from '../../store-context.ts';
import { PeerRow } from './peer-row.tsx';

/** Rows drawn at first, and rows added as the reader comes near their end. */
const firstRows = 40;
const moreRows = 120;

/** Peers as a table: its rows come as they are reached. */
export function PeerTable(props: {
  readonly peers: readonly Peer[];
  /** Of the tunnel; null while it is down. */
  readonly interfaceName: string | null;
}): ReactNode {
  const { peers, interfaceName } = props;
  const meters = useAdit(({ live }) =>
    interfaceName === null ? undefined : live?.traffic.get(interfaceName)?.peers,
  );
  const [rows, setRows] = useState(firstRows);
  const isLive = interfaceName !== null;
  const showMore = (): void => setRows((count) => count + moreRows);

  return (
    <>
      <div
        className={`peer-table ${isLive ? 'is-live' : ''}`}
        role="table"
        aria-label="Peers"
        aria-rowcount={peers.length + 1}
      >
        <div className="peer-row is-head" role="row">
          <span role="columnheader">Peer</span>
          <span role="columnheader">Endpoint</span>
          <span role="columnheader">Allowed IPs</span>
          {isLive ? (
            <>
              <span role="columnheader">Handshake</span>
              <span role="columnheader" className="is-figure">
                Received
              </span>
              <span role="columnheader" className="is-figure">
                Sent
              </span>
            </>
          ) : null}
        </div>
        {peers.slice(0, rows).map(({ publicKey, described, live }) => (
          <PeerRow
            key={publicKey}
            publicKey={publicKey}
            described={described}
            live={live}
            meter={meters?.get(publicKey)}
            isLive={isLive}
          />
        ))}
      </div>
      {rows < peers.length ? <More left={peers.length - rows} onReach={showMore} /> : null}
    </>
  );
}

/** The end of the rows that are drawn: coming near it, or pressing it, draws more. */
function More({ left, onReach }: { readonly left: number; readonly onReach: () => void }): ReactNode {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = end;
    if (current === null) return;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) onReach();
      },
      { rootMargin: '600px' },
    );
    watcher.observe(current);
    return () => watcher.disconnect();
  }, [left, onReach]);
  return (
    <div ref={end} className="peer-more">
      <Button kind="quiet" onClick={onReach}>
        {formatCount(left, 'more peer')}
      </Button>
    </div>
  );
}
