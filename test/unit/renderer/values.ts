import type { ProfileSummary } from '../../../shared/contract/ui/verbs.ts';
import type { PeerStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';
import { defaultSettings, settingsToText } from '../../../shared/tunnel/settings.ts';

/** A peer that is idle, but for what is given. */
export function peer(publicKey: string, parts: Partial<PeerStatus> = {}): PeerStatus {
  return {
    publicKey,
    name: null,
    endpoint: null,
    allowedIps: [],
    state: 'idle',
    latestHandshake: null,
    rxBytes: 0,
    txBytes: 0,
    persistentKeepalive: null,
    ...parts,
  };
}

/** The tunnel `home` on `wg0`, idle, but for what is given. */
export function tunnel(parts: Partial<TunnelStatus> = {}): TunnelStatus {
  return {
    name: 'home',
    interface: 'wg0',
    state: 'idle',
    since: null,
    engine: 'kernel',
    engineVersion: null,
    mtu: 1420,
    listenPort: null,
    fwMark: null,
    publicKey: null,
    addresses: [],
    dns: { backend: 'none', mode: 'none', reason: '', servers: [], domains: [], searchDomains: [] },
    killSwitch: 'off',
    scripts: 'none',
    warnings: [],
    failure: null,
    peers: [],
    ...parts,
  };
}

/** The profile `home`, but for what is given. */
export function profile(parts: Partial<ProfileSummary> = {}): ProfileSummary {
  return {
    name: 'home',
    label: null,
    interface: 'wg0',
    addresses: [],
    publicKey: null,
    peers: [],
    errors: 0,
    warnings: 0,
    settings: settingsToText(defaultSettings),
    ...parts,
  };
}
