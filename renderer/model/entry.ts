import type { Fault } from '../../shared/fault.ts';
import type { ProfileSummary } from '../../shared/contract/ui/verbs.ts';
import type { TunnelState, TunnelStatus } from '../../shared/tunnel/status.ts';
import { waysOn } from './acceptable.ts';

/** What the person asked of a switch, until the app process has answered. */
export type Intent = 'up' | 'down';

/** One line of the list: a profile, the tunnel made of it, or a tunnel that no profile here accounts for. */
export interface Entry {
  /** The name that every verb takes. */
  readonly name: string;
  /** What a person calls it: its label, or else its name. */
  readonly title: string;
  readonly profile: ProfileSummary | null;
  readonly tunnel: TunnelStatus | null;
  /** What is shown: the state of the tunnel, or what the switch that was just pressed leads to. */
  readonly state: TunnelState;
  readonly isOn: boolean;
  /** What came of the last press of the switch. */
  readonly fault: Fault | null;
}

/** What entries are made of. */
export interface EntrySources {
  readonly profiles: readonly ProfileSummary[];
  readonly tunnels: readonly TunnelStatus[];
  /** By name. */
  readonly intents: ReadonlyMap<string, Intent>;
  /** By name. */
  readonly faults: ReadonlyMap<string, Fault>;
}

/** The lines of the list: the profiles in their order, then tunnels without a profile. */
export function entriesOf({ profiles, tunnels, intents, faults }: EntrySources): readonly Entry[] {
  const byName = new Map(tunnels.map((tunnel) => [tunnel.name, tunnel]));
  const known = new Set(profiles.map(({ name }) => name));
  const pairs: [string, ProfileSummary | null][] = [
    ...profiles.map((profile): [string, ProfileSummary] => [profile.name, profile]),
    ...tunnels.filter(({ name }) => !known.has(name)).map(({ name }): [string, null] => [name, null]),
  ];
  return pairs.map(([name, profile]) => {
    const tunnel = byName.get(name) ?? null;
    const intent = intents.get(name) ?? null;
    const fault = faults.get(name) ?? null;
    const state = shownState(tunnel, intent, fault);
    const isOn =
      intent === null ? state !== 'down' && state !== 'disconnecting' && tunnel !== null : intent === 'up';
    return { name, title: profile?.label ?? name, profile, tunnel, state, isOn, fault };
  });
}

function shownState(tunnel: TunnelStatus | null, intent: Intent | null, fault: Fault | null): TunnelState {
  const state = tunnel?.state ?? 'down';
  switch (intent) {
    case 'down':
      return 'disconnecting';
    case 'up':
      return state === 'down' || state === 'disconnecting' || state === 'failed' ? 'connecting' : state;
    case null:
      return state === 'down' && fault !== null && waysOn(fault).length === 0 ? 'failed' : state;
  }
}

/** The entries whose title, name, interface, addresses or peers hold every word of the text. */
export function searchEntries(entries: readonly Entry[], text: string): readonly Entry[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter((entry) => {
    const hay = searchText(entry);
    return words.every((word) => hay.includes(word));
  });
}

/** With many peers only the first are searched by name: the list is a list of tunnels. */
const searchedPeers = 64;

function searchText({ name, title, profile, tunnel }: Entry): string {
  const source = profile ?? tunnel;
  const peers = (source?.peers ?? []).slice(0, searchedPeers);
  return [name, title, source?.interface, ...(source?.addresses ?? []), ...peers.flatMap(peerWords)]
    .join('\n')
    .toLocaleLowerCase();
}

function peerWords(peer: { readonly name: string | null; readonly endpoint: string | null }): string[] {
  return [peer.name, peer.endpoint].filter((word) => word !== null);
}
