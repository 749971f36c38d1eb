import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Fault } from '../shared/fault.ts';
import { entriesOf } from './model/entry.ts';
import type { Entry } from './model/entry.ts';
import type { Adit } from './store.ts';

/** Holds the one store of the page. */
export const AditContext = createContext<StoreApi<Adit> | null>(null);

/** What a view reads of the store; it is drawn again when that changes. */
export function useAdit<T>(read: (adit: Adit) => T): T {
  const store = useContext(AditContext);
  if (store === null) throw new Error('useAdit outside of AditContext');
  return useStore(store, read);
}

const nothing: readonly never[] = [];
const noFaults: ReadonlyMap<string, Fault> = new Map();

/** The lines of the list, all of them. */
export function useEntries(): readonly Entry[] {
  const profiles = useAdit(({ live }) => live?.state.profiles ?? nothing);
  const tunnels = useAdit(({ live }) => live?.state.tunnels ?? nothing);
  const faults = useAdit(({ live }) => live?.faults ?? noFaults);
  const intents = useAdit((adit) => adit.intents);
  return useMemo(
    () => entriesOf({ profiles, tunnels, intents, faults }),
    [profiles, tunnels, intents, faults],
  );
}

/** The entry whose detail is shown; null where there is none at all. */
export function useSelected(entries: readonly Entry[]): Entry | null {
  const selected = useAdit((adit) => adit.selected);
  const renamed = useAdit((adit) => adit.renamed);
  const isNamed = (name: string) => entries.find((entry) => entry.name === name);
  if (selected === null) return entries[0] ?? null;
  const followed = renamed?.from === selected ? isNamed(renamed.to) : undefined;
  return isNamed(selected) ?? followed ?? entries[0] ?? null;
}
