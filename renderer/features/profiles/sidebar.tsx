import { useDeferredValue, useMemo } from 'react';
import type { ReactNode } from 'react';
import { Brand } from '../../components/brand.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { searchEntries } from '../../model/entry.ts';
import type { Entry } from '../../model/entry.ts';
import { useAdit } from '../../store-context.ts';
import { ImportButton } from '../import/import-button.tsx';
import { HelperLine } from './helper-line.tsx';
import { ProfileList } from './profile-list.tsx';
import './sidebar.css';

/** With more profiles than this a field to search them is worth its place. */
const searchedFrom = 9;

/** The list of profiles with what belongs to it. */
export function Sidebar(props: {
  readonly entries: readonly Entry[];
  readonly selected: Entry | null;
}): ReactNode {
  const { entries, selected } = props;
  const search = useAdit((adit) => adit.search);
  const setSearch = useAdit((adit) => adit.setSearch);
  const isSearched = entries.length >= searchedFrom;
  const words = useDeferredValue(isSearched ? search : '');
  const found = useMemo(() => searchEntries(entries, words), [entries, words]);

  return (
    <nav className="sidebar" aria-label="Tunnels">
      <header className="sidebar-head">
        <Brand />
        <h1>Adit</h1>
        <ImportButton words="Import" />
      </header>
      {isSearched ? (
        <div className="sidebar-search">
          <SearchField label="Search tunnels" text={search} onChange={setSearch} />
        </div>
      ) : null}
      {found.length === 0 && entries.length > 0 ? (
        <p className="sidebar-none">No tunnel matches “{words}”.</p>
      ) : (
        <ProfileList entries={found} selected={selected?.name ?? null} />
      )}
      <HelperLine />
    </nav>
  );
}
