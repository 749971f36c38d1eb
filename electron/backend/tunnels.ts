import { tunnelToMessage } from '../../shared/contract/helper/messages.ts';
import { FaultError } from '../../shared/fault.ts';
import { longestRun, scriptLimits } from '../../shared/tunnel/scripts.ts';
import type { TunnelStatus } from '../../shared/tunnel/status.ts';
import { findPortal } from './portal.ts';
import type { HelperConnection } from './helper-client/connection.ts';
import type { Profile } from './profiles/profile.ts';
import type { ProfileStore } from './profiles/store.ts';

/** How to bring a tunnel up. */
export interface UpOptions {
  /** Codes of faults that the person has decided to go on in spite of. */
  readonly accept: readonly string[];
  /** Whether prefixes that are in conflict with something here stay out of the tunnel. */
  readonly subtract: boolean;
  /** Whether the tunnels that it is in conflict with go down for it, in the same step. */
  readonly switch?: boolean;
  /** Whether only its peers and addresses are to be others, of a tunnel that is up; one that is not stays down, by `tunnel-not-up`. */
  readonly peersOnly?: boolean;
  /** Seconds to wait for a handshake; null does not wait. */
  readonly wait: number | null;
}

/**
 * Brings the tunnel of a profile up, and gives its state when it stands.
 *
 * @param patience seconds that it may take longer because of other tunnels
 * @throws FaultError what keeps the profile from being a tunnel, and whatever the helper says
 */
export function bringUp(
  helper: HelperConnection,
  profile: Profile,
  { accept, subtract, wait, ...options }: UpOptions,
  patience = 0,
): Promise<TunnelStatus> {
  const tunnel = profile.tunnel();
  const question = {
    tunnel: tunnelToMessage(tunnel),
    wait,
    accept: [...accept],
    subtract,
    // A helper of an earlier version does not know these words.
    ...(options.switch === true ? { switch: true } : {}),
    ...(options.peersOnly === true ? { peersOnly: true } : {}),
  };
  return helper.ask('up', question, ((wait ?? 0) + longestRun(tunnel.scripts) + patience) * 1000);
}

/**
 * The same, and the tunnels that it is in conflict with go down for it, in one step: where it cannot come up, they are up again.
 *
 * @returns its state, and the names of the tunnels that went
 */
export async function switchTo(
  helper: HelperConnection,
  profile: Profile,
  options: UpOptions,
): Promise<{ readonly tunnel: TunnelStatus; readonly down: readonly string[] }> {
  const before = await helper.ask('status', {});
  const scripts = patienceWith(before) / 1000;
  const tunnel = await bringUp(helper, profile, { ...options, switch: true }, scripts);
  const standing = new Set((await helper.ask('status', {})).map((other) => other.interface));
  return {
    tunnel,
    down: before.filter((other) => !standing.has(other.interface)).map(({ name }) => name),
  };
}

/**
 * Takes a tunnel down, by the name of its profile or of its interface; the profile need not exist any more.
 *
 * @returns the interfaces that went
 * @throws FaultError `tunnel-not-up`, `profile-not-found`, and whatever the helper says
 */
export async function takeDown(
  helper: HelperConnection,
  store: ProfileStore,
  nameOrInterface: string,
): Promise<string[]> {
  const tunnel = await standingTunnel(helper, store, nameOrInterface);
  return helper.ask('down', { interface: tunnel.interface }, patienceWith([tunnel]));
}

/** Until when the uplink is open, and what stands in the way. */
export interface Unblocked {
  /** ISO 8601; null where it is closed. */
  readonly until: string | null;
  /** Where a captive portal asks to sign in; null where none was found. */
  readonly portal: string | null;
}

/**
 * Opens the uplink to the owner's programs although the kill switch of a tunnel blocks it, and looks for a captive portal.
 *
 * @param minutes 0 closes it
 * @throws FaultError `tunnel-not-up`, `profile-not-found`, `kill-switch-not-blocking`, and whatever the helper says
 */
export async function unblock(
  helper: HelperConnection,
  store: ProfileStore,
  nameOrInterface: string,
  minutes: number,
): Promise<Unblocked> {
  const { interface: name, peers } = await standingTunnel(helper, store, nameOrInterface);
  const { until } = await helper.ask('openUplink', { interface: name, minutes });
  const [endpoint] = peers.flatMap((peer) => peer.endpoint ?? []);
  if (until === null || endpoint === undefined) return { until, portal: null };
  return {
    until,
    portal: await findPortal(endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '')),
  };
}

async function standingTunnel(
  helper: HelperConnection,
  store: ProfileStore,
  nameOrInterface: string,
): Promise<TunnelStatus> {
  const wanted = nameOrInterface.normalize('NFC');
  const standing = await helper.ask('status', {});
  const tunnel =
    standing.find(({ name }) => name === wanted) ?? standing.find((other) => other.interface === wanted);
  if (tunnel !== undefined) return tunnel;
  const profile = await store.find(nameOrInterface);
  throw new FaultError({
    code: 'tunnel-not-up',
    message: `The tunnel "${profile.name}" is not up.`,
    hint: '"adit status" shows which are.',
  });
}

/** Milliseconds that `down` may take longer because of scripts that run. */
export function patienceWith(standing: readonly TunnelStatus[]): number {
  const { commands, seconds } = scriptLimits;
  return standing.filter(({ scripts }) => scripts === 'ran').length * 2 * commands * seconds * 1000;
}

/** The state of every profile, those that are down too, and of tunnels whose profile is gone, behind them. */
export function statusOfAll(profiles: readonly Profile[], standing: readonly TunnelStatus[]): TunnelStatus[] {
  const known = new Set(profiles.map(({ name }) => name));
  return [
    ...profiles.map((profile) => standing.find(({ name }) => name === profile.name) ?? downStatus(profile)),
    ...standing.filter(({ name }) => !known.has(name)),
  ];
}

function downStatus(profile: Profile): TunnelStatus {
  const { name, addresses, publicKey } = profile.summary();
  return {
    name,
    interface: profile.interface,
    state: 'down',
    since: null,
    engine: null,
    engineVersion: null,
    mtu: null,
    listenPort: null,
    fwMark: null,
    publicKey,
    addresses,
    dns: {
      backend: 'none',
      mode: 'none',
      reason: 'the tunnel is down',
      servers: [],
      domains: [],
      searchDomains: [],
    },
    killSwitch: 'off',
    scripts: 'none',
    warnings: [],
    failure: null,
    peers: [],
  };
}
