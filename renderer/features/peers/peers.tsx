import { useDeferredValue, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { PeerState } from '../../../shared/tunnel/status.ts';
import { SearchField } from '../../components/search-field.tsx';
import { formatNumber } from '../../format/count.ts';
import type { Entry } from '../../model/entry.ts';
import { countStates, peersOf, searchPeers } from '../../model/peer-list.ts';
import { PeerTable } from './peer-table.tsx';
import { StateFilter } from './state-filter.tsx';
import './peers.css';

/** With more peers than this, means to narrow them are worth their place. */
const searchedFrom = 9;

/** The peers of a tunnel, and what narrows them where they are many. */
export function Peers({ entry }: { readonly entry: Entry }): ReactNode {
  const { profile, tunnel } = entry;
  const peers = useMemo(() => peersOf({ profile, tunnel }), [profile, tunnel]);
  const [text, setText] = useState('');
  const [state, setState] = useState<PeerState | null>(null);
  const words = useDeferredValue(text);
  const counts = useMemo(() => countStates(tunnel?.peers ?? []), [tunnel]);
  // A state that nobody is in any more would leave an empty list behind.
  const wanted = counts.some((count) => count.state === state) ? state : null;
  const found = useMemo(() => searchPeers(peers, words, wanted), [peers, words, wanted]);
  const isMany = peers.length >= searchedFrom;

  return (
    <section className="peers" aria-labelledby="peers-title">
      <div className="peers-head">
        <h3 id="peers-title">
          Peers <span className="peers-count">{formatNumber(peers.length)}</span>
        </h3>
        {isMany && counts.length > 0 ? (
          <StateFilter counts={counts} total={peers.length} current={wanted} onChange={setState} />
        ) : null}
        {isMany ? <SearchField label="Search peers" text={text} onChange={setText} /> : null}
      </div>
      {peers.length === 0 ? (
        <p className="muted">The profile names no peer, so there is nobody to talk to.</p>
      ) : found.length === 0 ? (
        <p className="muted">No peer matches.</p>
      ) : (
        <PeerTable key={`${words} ${wanted ?? ''}`} peers={found} interfaceName={tunnel?.interface ?? null} />
      )}
    </section>
  );
}
