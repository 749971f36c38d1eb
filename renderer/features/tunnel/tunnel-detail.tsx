import { useState } from 'react';
import type { ReactNode } from 'react';
import { Tabs } from '../../components/tabs.tsx';
import type { Tab } from '../../components/tabs.tsx';
import { formatCount } from '../../format/count.ts';
import type { Entry } from '../../model/entry.ts';
import { Configuration } from '../configuration/configuration.tsx';
import { DiagnosisPage } from '../diagnosis/diagnosis-page.tsx';
import { RemoveDialog } from '../profiles/remove-dialog.tsx';
import { Overview } from './overview.tsx';
import { ProfileButtons } from './profile-buttons.tsx';
import { TunnelHeader } from './tunnel-header.tsx';
import './tunnel.css';

/** What is shown of a profile. */
type Page = 'overview' | 'configuration' | 'diagnosis';

/** Everything about the profile that is chosen. */
export function TunnelDetail({ entry }: { readonly entry: Entry }): ReactNode {
  const { name, title, profile, tunnel } = entry;
  const [tab, setTab] = useState<Page>('overview');
  const [asks, setAsks] = useState<'nothing' | 'rename' | 'remove'>('nothing');
  const close = (): void => setAsks('nothing');
  const tabs: readonly Tab<Page>[] = [
    { key: 'overview', words: 'Overview' },
    ...(profile === null ? [] : [configurationTab(profile.errors, profile.warnings)]),
    { key: 'diagnosis', words: 'Diagnosis' },
  ];
  const page = tabs.some(({ key }) => key === tab) ? tab : 'overview';

  return (
    <>
      <TunnelHeader entry={entry} isRenaming={asks === 'rename'} onRenamed={close} />
      <Tabs
        label={title}
        tabs={tabs}
        current={page}
        onChange={setTab}
        aside={
          profile === null ? null : (
            <ProfileButtons
              isUp={tunnel !== null}
              onRename={() => setAsks('rename')}
              onRemove={() => setAsks('remove')}
            />
          )
        }
      >
        {page === 'overview' ? <Overview entry={entry} /> : null}
        {page === 'configuration' ? <Configuration name={name} /> : null}
        {page === 'diagnosis' ? <DiagnosisPage name={name} /> : null}
      </Tabs>
      {asks === 'remove' ? <RemoveDialog name={name} title={title} onDone={close} /> : null}
    </>
  );
}

function configurationTab(errors: number, warnings: number): Tab<'configuration'> {
  const tab = { key: 'configuration', words: 'Configuration' } as const;
  if (errors > 0)
    return { ...tab, badge: { kind: 'fault', count: errors, words: formatCount(errors, 'error') } };
  if (warnings > 0) {
    return { ...tab, badge: { kind: 'warning', count: warnings, words: formatCount(warnings, 'warning') } };
  }
  return tab;
}
