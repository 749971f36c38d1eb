import type { PeerStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';

/** A peer that is idle, but for what is given. */
export function peerStatus(publicKey: string, parts: Partial<PeerStatus> = {}): PeerStatus {
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

/** The tunnel `home`, idle, without peers, but for what is given. */
export function tunnelStatus(parts: Partial<TunnelStatus> = {}): TunnelStatus {
  return {
    name: 'home',
    interface: 'home',
    state: 'idle',
    since: '2026-01-01T00:00:00.000Z',
    engine: 'wireguard-go',
    engineVersion: 'v0.0.20220316',
    mtu: 1420,
    listenPort: 51820,
    fwMark: 8365,
    publicKey: '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
    addresses: ['10.200.200.11/24'],
    dns: {
      backend: 'none',
      mode: 'none',
      reason: 'the profile names no server',
      servers: [],
      domains: [],
      searchDomains: [],
    },
    killSwitch: 'off',
    scripts: 'none',
    warnings: [],
    failure: null,
    peers: [],
    ...parts,
  };
}
