import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Diagnosis } from '../shared/diagnosis/diagnosis.ts';
import type { Fault } from '../shared/fault.ts';
import type { ImportOutcome, UiBridge, UiChange, UiState, UiVerbs } from '../shared/contract/ui/verbs.ts';
import { lostFault } from './bridge/lost.ts';
import { readBase64, readInBatches, refusal } from './features/import/read-files.ts';
import type { Batch } from './features/import/read-files.ts';
import type { WayOn } from './model/acceptable.ts';
import type { Intent } from './model/entry.ts';
import { liveAfter, liveFrom, withTunnels } from './model/live.ts';
import type { Live } from './model/live.ts';

/** Milliseconds for which revealed keys stay on the screen. */
export const revealFor = 30_000;

/** Milliseconds before the state is asked for again after a fault. */
const readAgainAfter = 2000;

/** Whether the app process answers. */
export type Link = 'opening' | 'open' | 'lost';

/** The text of the profile whose configuration is open. */
export interface OpenText {
  readonly name: string;
  /** With placeholders for its keys; null until it has come. */
  readonly hidden: string | null;
  /** With its keys, and when they hide again (milliseconds since 1970); null while they are hidden. */
  readonly revealed: { readonly text: string; readonly hidesAt: number } | null;
  readonly fault: Fault | null;
}

/** An import that goes on or has ended. */
export interface ImportReport {
  /** Files that were chosen, and how many of them have been dealt with. */
  readonly total: number;
  readonly done: number;
  /** Of each configuration in them. */
  readonly outcomes: readonly ImportOutcome[];
}

/** A diagnosis that goes on or has ended. */
export interface DiagnosisView {
  /** The profile it is of. */
  readonly name: string;
  /** Both null while it goes on. */
  readonly result: Diagnosis | null;
  readonly fault: Fault | null;
}

/** All that the interface shows, and all that it can be asked to do. */
export interface Adit {
  readonly link: Link;
  /** Null until the app process has answered once. */
  readonly live: Live | null;
  /** Switches that were pressed and not yet answered, by profile. */
  readonly intents: ReadonlyMap<string, Intent>;
  readonly search: string;
  readonly selected: string | null;
  /** The name a profile is getting, so that the selection follows it. */
  readonly renamed: { readonly from: string; readonly to: string } | null;
  /** Where there is room for one of the two only: whether it is the detail, or the list. */
  readonly isDetailOpen: boolean;
  readonly text: OpenText | null;
  readonly report: ImportReport | null;
  /** Where captive portals ask to sign in, by the profile whose kill switch was opened. */
  readonly portals: ReadonlyMap<string, string>;
  readonly diagnosis: DiagnosisView | null;

  /** Listens to the app process from now on; the returned function ends that. */
  readonly start: () => () => void;
  readonly select: (name: string) => void;
  readonly closeDetail: () => void;
  readonly setSearch: (text: string) => void;
  /** Presses a switch. */
  readonly press: (name: string, intent: Intent) => Promise<void>;
  /** Brings a tunnel up in spite of a fault, and of those before it. */
  readonly goOn: (name: string, fault: Fault, way: WayOn) => Promise<void>;
  readonly dismissFault: (name: string) => void;
  /** Decides what a .conf has no key for; a tunnel that is up follows. */
  readonly decide: (name: string, settings: UiVerbs['profile.set']['params']['settings']) => Promise<void>;
  /** Opens the uplink for some minutes although a kill switch blocks it; 0 closes it. */
  readonly unblock: (name: string, minutes: number) => Promise<void>;
  /** The fault, or null where it was done. */
  readonly rename: (name: string, newName: string) => Promise<Fault | null>;
  readonly remove: (name: string) => Promise<Fault | null>;
  readonly openText: (name: string) => Promise<void>;
  readonly closeText: () => void;
  readonly revealKeys: () => Promise<void>;
  readonly hideKeys: () => void;
  readonly importFiles: (files: readonly File[]) => Promise<void>;
  /** Restores the damaged text of a profile; the fault, or null where it was done. */
  readonly restoreText: (name: string) => Promise<Fault | null>;
  readonly dismissReport: () => void;
  /** Looks into a tunnel, or into the way to an address through it; null is none in particular. */
  readonly diagnose: (name: string, address: string | null) => Promise<void>;
}

/** What a person goes on in spite of. */
interface Decisions {
  readonly accept: readonly string[];
  readonly subtracts: boolean;
}

const undecided: Decisions = { accept: [], subtracts: false };

/** The store over one app process. */
export function createAdit(bridge: UiBridge): StoreApi<Adit> {
  /** The number of the last press of each switch: only its answer counts. */
  const presses = new Map<string, number>();
  /** What the person has decided since the switch was pressed. */
  const decisions = new Map<string, Decisions>();
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let rereading: ReturnType<typeof setTimeout> | undefined;

  return createStore<Adit>((set, get) => {
    async function read(): Promise<void> {
      clearTimeout(rereading);
      const reply = await bridge.ask('state.read', {});
      if (reply.ok) {
        const live = liveFrom(reply.result, get().live, Date.now());
        set(({ selected }) => ({ link: 'open', live, selected: selected ?? firstOf(reply.result) }));
        void readText();
      } else {
        set({ link: 'lost' });
        rereading = setTimeout(() => void read(), readAgainAfter);
      }
    }

    function take(change: UiChange): void {
      const { live } = get();
      // What comes before the state is part of it.
      if (live === null) return;
      set({ live: liveAfter(live, change, Date.now()) });
      if (change.kind === 'profiles') void readText();
    }

    function connectionChanged(connected: boolean): void {
      if (connected) void read();
      else set({ link: 'lost', intents: new Map() });
    }

    async function readText(): Promise<void> {
      const name = get().text?.name;
      if (name === undefined) return;
      const reply = await bridge.ask('profile.text', { name, reveal: false });
      const { text } = get();
      if (text?.name !== name) return;
      if (reply.ok) set({ text: { ...text, hidden: reply.result, fault: null } });
      else if (reply.fault !== lostFault) set({ text: { ...text, fault: reply.fault } });
    }

    function settle(name: string, fault: Fault | null): void {
      const { intents, live } = get();
      set({ intents: without(intents, name) });
      if (live === null || fault === lostFault) return;
      set({
        live: {
          ...live,
          faults: fault === null ? without(live.faults, name) : withOne(live.faults, name, fault),
        },
      });
    }

    function replaceTunnels(change: (tunnels: UiState['tunnels']) => UiState['tunnels']): void {
      const { live } = get();
      if (live !== null) set({ live: withTunnels(live, change(live.state.tunnels), Date.now()) });
    }

    async function obey(name: string, intent: Intent): Promise<void> {
      const press = (presses.get(name) ?? 0) + 1;
      presses.set(name, press);
      set(({ intents }) => ({ selected: name, intents: withOne(intents, name, intent) }));
      get().dismissFault(name);
      const fault = await (intent === 'up' ? bringUp(name) : takeDown(name));
      if (presses.get(name) === press) settle(name, fault);
    }

    async function bringUp(name: string): Promise<Fault | null> {
      const { accept, subtracts } = decisions.get(name) ?? undecided;
      const reply = await bridge.ask('tunnel.up', { name, accept, ...(subtracts ? { subtract: true } : {}) });
      if (!reply.ok) return reply.fault;
      // Its changes came by themselves and are as new; the answer counts where none did.
      replaceTunnels((tunnels) =>
        tunnels.some((tunnel) => tunnel.interface === reply.result.interface)
          ? tunnels
          : [...tunnels, reply.result],
      );
      return null;
    }

    async function takeDown(name: string): Promise<Fault | null> {
      const reply = await bridge.ask('tunnel.down', { name });
      if (!reply.ok && reply.fault.code !== 'tunnel-not-up') return reply.fault;
      replaceTunnels((tunnels) => tunnels.filter((tunnel) => tunnel.name !== name));
      return null;
    }

    function report(files: number, outcomes: readonly ImportOutcome[]): void {
      const { report: before } = get();
      if (before === null) return;
      set({
        report: { ...before, done: before.done + files, outcomes: [...before.outcomes, ...outcomes] },
      });
    }

    async function outcomesOf(batch: Batch): Promise<readonly ImportOutcome[]> {
      if (batch.kind === 'refused') return [batch.outcome];
      if (batch.files.length === 0) return [];
      const reply = await bridge.ask('profile.import', { files: batch.files });
      return reply.ok ? reply.result : batch.files.map(({ name }) => refusal(name, reply.fault));
    }

    return {
      link: 'opening',
      live: null,
      intents: new Map(),
      search: '',
      selected: null,
      renamed: null,
      isDetailOpen: false,
      text: null,
      report: null,
      portals: new Map(),
      diagnosis: null,

      start() {
        const endChanges = bridge.onChange(take);
        const endConnection = bridge.onConnection(connectionChanged);
        void read();
        return () => {
          clearTimeout(rereading);
          endChanges();
          endConnection();
        };
      },

      select: (name) => set({ selected: name, isDetailOpen: true }),
      closeDetail: () => set({ isDetailOpen: false }),
      setSearch: (search) => set({ search }),

      async press(name, intent) {
        decisions.delete(name);
        await obey(name, intent);
      },

      async goOn(name, fault, { subtracts }) {
        const before = decisions.get(name) ?? undecided;
        decisions.set(name, {
          accept: subtracts ? before.accept : [...before.accept, fault.code],
          subtracts: before.subtracts || subtracts,
        });
        await obey(name, 'up');
      },

      dismissFault(name) {
        const { live } = get();
        if (live?.faults.has(name)) set({ live: { ...live, faults: without(live.faults, name) } });
      },

      async decide(name, settings) {
        const reply = await bridge.ask('profile.set', { name, settings });
        if (!reply.ok) {
          settle(name, reply.fault);
          return;
        }
        const isUp = get().live?.state.tunnels.some((tunnel) => tunnel.name === name) === true;
        if (isUp) await obey(name, 'up');
      },

      async unblock(name, minutes) {
        const reply = await bridge.ask('tunnel.unblock', { name, minutes });
        if (!reply.ok) {
          settle(name, reply.fault);
          return;
        }
        const { portal } = reply.result;
        set(({ portals }) => ({
          portals: portal === null ? without(portals, name) : withOne(portals, name, portal),
        }));
      },

      async rename(name, newName) {
        set({ renamed: { from: name, to: newName } });
        const reply = await bridge.ask('profile.rename', { name, newName });
        if (!reply.ok) {
          set({ renamed: null });
          return reply.fault;
        }
        get().dismissFault(name);
        return null;
      },

      async remove(name) {
        const reply = await bridge.ask('profile.remove', { name });
        if (!reply.ok) return reply.fault;
        set({ isDetailOpen: false });
        get().dismissFault(name);
        return null;
      },

      async openText(name) {
        get().closeText();
        set({ text: { name, hidden: null, revealed: null, fault: null } });
        await readText();
      },

      closeText() {
        get().hideKeys();
        set({ text: null });
      },

      async revealKeys() {
        const name = get().text?.name;
        if (name === undefined) return;
        const reply = await bridge.ask('profile.text', { name, reveal: true });
        const { text } = get();
        if (text?.name !== name) return;
        if (!reply.ok) {
          set({ text: { ...text, fault: reply.fault } });
          return;
        }
        clearTimeout(hiding);
        hiding = setTimeout(() => get().hideKeys(), revealFor);
        set({
          text: { ...text, revealed: { text: reply.result, hidesAt: Date.now() + revealFor }, fault: null },
        });
      },

      hideKeys() {
        clearTimeout(hiding);
        const { text } = get();
        if (text !== null && text.revealed !== null) set({ text: { ...text, revealed: null } });
      },

      async importFiles(files) {
        if (files.length === 0) return;
        const { report: before } = get();
        const isRunning = before !== null && before.done < before.total;
        set({
          report: isRunning
            ? { ...before, total: before.total + files.length }
            : { total: files.length, done: 0, outcomes: [] },
        });
        for await (const batch of readInBatches(files, readBase64)) {
          const outcomes = await outcomesOf(batch);
          report(batch.kind === 'files' ? batch.count : 1, outcomes);
          const first = outcomes.find((outcome) => outcome.kind === 'imported');
          const { report: now } = get();
          const isFirst = now?.outcomes.find((outcome) => outcome.kind === 'imported') === first;
          if (first !== undefined && isFirst) get().select(first.name);
        }
      },

      async restoreText(name) {
        const reply = await bridge.ask('profile.restore', { name });
        if (!reply.ok) return reply.fault;
        const { report: shown } = get();
        if (shown !== null) set({ report: { ...shown, outcomes: shown.outcomes.map(withoutDamage(name)) } });
        return null;
      },

      dismissReport: () => set({ report: null }),

      async diagnose(name, address) {
        const asked: DiagnosisView = { name, result: null, fault: null };
        set({ diagnosis: asked });
        const reply = await bridge.ask('tunnel.diagnose', { name, address });
        // Another may have been begun meanwhile.
        if (get().diagnosis !== asked) return;
        set({
          diagnosis: reply.ok ? { ...asked, result: reply.result } : { ...asked, fault: reply.fault },
        });
      },
    };
  });
}

/** What is looked at first: a tunnel that is up, or else the first profile. */
function firstOf({ profiles, tunnels }: UiState): string | null {
  return tunnels[0]?.name ?? profiles[0]?.name ?? null;
}

/** An outcome that no longer tells of damaged text, where it is the profile's. */
function withoutDamage(name: string): (outcome: ImportOutcome) => ImportOutcome {
  return (outcome) =>
    outcome.kind === 'imported' && outcome.name === name
      ? { ...outcome, warnings: outcome.warnings.filter(({ code }) => code !== 'mojibake') }
      : outcome;
}

function withOne<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
