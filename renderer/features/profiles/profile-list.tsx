import type { KeyboardEvent, ReactNode } from 'react';
import { waysOn } from '../../model/acceptable.ts';
import type { Entry } from '../../model/entry.ts';
import { ProfileRow } from './profile-row.tsx';
import './profile-list.css';

/** The profiles in their order. The arrow keys go through them, Home and End to the ends. */
export function ProfileList(props: {
  readonly entries: readonly Entry[];
  readonly selected: string | null;
}): ReactNode {
  const { entries, selected } = props;
  return (
    <ul className="profile-list" onKeyDown={walk}>
      {entries.map((entry) => (
        <ProfileRow
          key={entry.name}
          name={entry.name}
          title={entry.title}
          state={entry.state}
          isOn={entry.isOn}
          isSelected={entry.name === selected}
          errors={entry.profile?.errors ?? 0}
          isAsking={entry.fault !== null && waysOn(entry.fault).length > 0}
          isKept={entry.profile !== null}
        />
      ))}
    </ul>
  );
}

function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.profile-row-open')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? undefined : rows[indexAfter(event.key, at, rows.length)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.click();
}

/** Where a key leads from an index; -1 for keys that lead nowhere. */
function indexAfter(key: string, at: number, length: number): number {
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, length - 1);
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return -1;
  }
}
