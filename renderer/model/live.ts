import type { Fault } from '../../shared/fault.ts';
import type { UiChange, UiState } from '../../shared/contract/ui/verbs.ts';
import { foldChange } from '../../shared/tunnel/change.ts';
import type { TunnelStatus } from '../../shared/tunnel/status.ts';
import { followTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/** What was last heard from the app process, and what follows from having listened. */
export interface Live {
  readonly state: UiState;
  readonly traffic: Traffic;
  /** What came of the last press of a switch, by profile; ends when its tunnel comes up after all. */
  readonly faults: ReadonlyMap<string, Fault>;
}

/** What is known once the whole state was read. What was counted before stays of use for rates. */
export function liveFrom(state: UiState, before: Live | null, now: number): Live {
  return {
    state,
    traffic: followTraffic(before?.traffic ?? new Map(), state.tunnels, now, false),
    faults: before?.faults ?? new Map(),
  };
}

/** What is known after a change. */
export function liveAfter(live: Live, change: UiChange, now: number): Live {
  switch (change.kind) {
    case 'helper':
      return { ...live, state: { ...live.state, helper: change.helper } };
    case 'profiles':
      return { ...live, state: { ...live.state, profiles: change.profiles } };
    case 'tunnels':
      return withTunnels(live, change.tunnels, now);
    case 'tunnel':
      return withTunnels(live, foldChange(live.state.tunnels, change.change), now);
  }
}

/** What is known once these are the tunnels. */
export function withTunnels(live: Live, tunnels: readonly TunnelStatus[], now: number): Live {
  const before = new Set(live.state.tunnels.map(({ name }) => name));
  const came = tunnels.filter(({ name }) => !before.has(name)).map(({ name }) => name);
  const faults = came.some((name) => live.faults.has(name))
    ? new Map([...live.faults].filter(([name]) => !came.includes(name)))
    : live.faults;
  return {
    state: { ...live.state, tunnels },
    traffic: followTraffic(live.traffic, tunnels, now, true),
    faults,
  };
}
