import type { ReactNode } from 'react';
import { DropArea } from './features/import/drop-area.tsx';
import { ImportReport } from './features/import/import-report.tsx';
import { Welcome } from './features/import/welcome.tsx';
import { HelperNotice } from './features/notices/helper-notice.tsx';
import { LinkNotice } from './features/notices/link-notice.tsx';
import { Sidebar } from './features/profiles/sidebar.tsx';
import { TunnelDetail } from './features/tunnel/tunnel-detail.tsx';
import { useAdit, useEntries, useSelected } from './store-context.ts';
import './app.css';

/** The whole interface: notices above, the list on the left, the chosen one on the right. */
export function App(): ReactNode {
  const entries = useEntries();
  const selected = useSelected(entries);
  const isKnown = useAdit(({ live }) => live !== null);
  const isDetailOpen = useAdit((adit) => adit.isDetailOpen);
  const isPast = useAdit(({ link, live }) => link === 'lost' && live !== null);
  const isEmpty = isKnown && entries.length === 0;

  const classes = [
    'panes',
    isDetailOpen ? 'shows-detail' : 'shows-list',
    isEmpty ? 'is-empty' : '',
    isPast ? 'is-past' : '',
  ].join(' ');

  return (
    <DropArea>
      <LinkNotice />
      <HelperNotice />
      <div className={classes}>
        <Sidebar entries={entries} selected={selected} />
        <main className="pane-main" aria-label={selected?.title ?? 'Adit'}>
          {isEmpty ? <Welcome /> : null}
          {selected === null ? null : <TunnelDetail key={selected.name} entry={selected} />}
        </main>
      </div>
      <ImportReport />
    </DropArea>
  );
}
