import type { Prefix } from '../../network/prefix.ts';
import { createPrefixTable } from '../../network/prefix-table.ts';
import type { PrefixTable } from '../../network/prefix-table.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { publicKeyOf } from '../keys/key-pair.ts';
import { sectionsOf, squeezedValue } from '../syntax/conf-file.ts';
import type { ConfFile, Section, Setting } from '../syntax/conf-file.ts';
import { readEndpoint } from '../values/endpoint.ts';
import { readFwMark } from '../values/fwmark.ts';
import type { HostReading } from '../values/host.ts';
import { readKeepalive } from '../values/keepalive.ts';
import { zeroKey } from '../values/key.ts';
import { readPort } from '../values/port.ts';
import type { PortReading } from '../values/port.ts';
import { keyIn, prefixesIn, settingsNamed } from './peer-section.ts';

/** What `wg setconf` makes of a file on a fresh interface. */
export interface Device {
  /** Null without one, and for all zeros. */
  readonly privateKey: KeyText | null;
  readonly publicKey: KeyText | null;
  /** Null leaves the choice to the device, as port 0 does. */
  readonly listenPort: number | null;
  /** Null is off. */
  readonly fwMark: number | null;
  /** In the order in which their keys first appear. */
  readonly peers: readonly DevicePeer[];
}

/** A peer once all sections with its key have been applied. */
export interface DevicePeer {
  readonly publicKey: KeyText;
  /** Null for all zeros too. */
  readonly presharedKey: KeyText | null;
  readonly endpoint: { readonly host: HostReading; readonly port: number } | null;
  /** In the order of the file, each once, masked; only those that no later peer took. */
  readonly allowedIps: readonly Prefix[];
  /** Seconds; null is off. */
  readonly persistentKeepalive: number | null;
  /** Every section that names this peer, in order. */
  readonly sections: readonly Section[];
}

/**
 * The state that a file leads to, by the rules of `wg` alone:
 *
 * - of a repeated key the last line counts, across several `[Interface]` too
 * - AllowedIPs add up within a section; a second section of the same peer replaces them, and only them
 * - a prefix has one owner, the last to claim it
 * - a peer with the interface's own key is passed over
 *
 * Meant for files that `wg` accepts; a value that it refuses is left out here.
 *
 * @see wireguard-tools src/config.c, src/ipc-uapi.h; wireguard-go device/uapi.go, device/allowedips.go
 */
export function deviceOf(file: ConfFile): Device {
  const own = readInterface(file);
  const publicKey = own.privateKey === null ? null : publicKeyOf(own.privateKey);
  return { ...own, publicKey, peers: readPeers(file, publicKey) };
}

/** The port that a device takes for a reading; null for one that `wg` refuses. */
export function portOf(reading: PortReading): number | null {
  switch (reading.kind) {
    case 'plain':
    case 'signed':
    case 'wrapped':
    case 'service':
      return reading.port;
    case 'any':
      return 0;
    case 'refused':
      return null;
  }
}

function readInterface(file: ConfFile): Pick<Device, 'privateKey' | 'listenPort' | 'fwMark'> {
  let privateKey: string | null = null;
  let listenPort = 0;
  let fwMark = 0;
  for (const section of sectionsOf(file)) {
    if (section.kind !== 'interface') continue;
    privateKey = keyIn(file, section, 'PrivateKey') ?? privateKey;
    for (const setting of settingsNamed(file, section, 'ListenPort')) {
      listenPort = portOf(readPort(squeezedValue(file, setting))) ?? listenPort;
    }
    for (const setting of settingsNamed(file, section, 'FwMark')) {
      fwMark = readFwMark(squeezedValue(file, setting)) ?? fwMark;
    }
  }
  return {
    privateKey: privateKey === zeroKey ? null : privateKey,
    listenPort: listenPort === 0 ? null : listenPort,
    fwMark: fwMark === 0 ? null : fwMark,
  };
}

/** A peer while sections are still being applied to it. Undefined is what no section has said yet. */
interface PeerInMaking {
  readonly publicKey: string;
  presharedKey?: string;
  endpoint?: DevicePeer['endpoint'] | undefined;
  keepalive?: number | undefined;
  claimed: Prefix[];
  readonly sections: Section[];
}

function readPeers(file: ConfFile, ownKey: string | null): DevicePeer[] {
  const peers: PeerInMaking[] = [];
  const byKey = new Map<string, number>();
  const owners = createPrefixTable<number>();
  for (const section of sectionsOf(file)) {
    const said = section.kind === 'peer' ? readPeerSection(file, section) : null;
    if (said === null || said.publicKey === ownKey) continue;
    const index = byKey.get(said.publicKey) ?? peers.length;
    const before = peers[index];
    if (before === undefined) {
      byKey.set(said.publicKey, index);
      peers.push(said);
    } else {
      for (const prefix of before.claimed) owners.take(prefix, index);
      before.sections.push(section);
      Object.assign(before, said, { sections: before.sections });
    }
    for (const prefix of said.claimed) owners.give(prefix, index);
  }
  return peers.map((peer, index) => finished(peer, keptPrefixes(peer.claimed, index, owners)));
}

/** What one section says; null where it lacks its key. */
function readPeerSection(file: ConfFile, section: Section): PeerInMaking | null {
  const publicKey = keyIn(file, section, 'PublicKey');
  if (publicKey === null) return null;
  const said: PeerInMaking = { publicKey, claimed: [...prefixesIn(file, section)], sections: [section] };
  const presharedKey = keyIn(file, section, 'PresharedKey');
  if (presharedKey !== null) said.presharedKey = presharedKey;
  for (const setting of settingsNamed(file, section, 'Endpoint')) {
    said.endpoint = endpointIn(file, setting) ?? said.endpoint;
  }
  for (const setting of settingsNamed(file, section, 'PersistentKeepalive')) {
    said.keepalive = readKeepalive(squeezedValue(file, setting)) ?? said.keepalive;
  }
  return said;
}

function endpointIn(file: ConfFile, setting: Setting): DevicePeer['endpoint'] {
  const endpoint = readEndpoint(squeezedValue(file, setting));
  if (endpoint.kind !== 'read' || endpoint.host.kind === 'refused') return null;
  const port = portOf(endpoint.port);
  return port === null ? null : { host: endpoint.host, port };
}

/** The claimed prefixes that are still this peer's, each once. */
function keptPrefixes(claimed: readonly Prefix[], index: number, owners: PrefixTable<number>): Prefix[] {
  return claimed.filter((prefix) => {
    if (owners.ownerOf(prefix) !== index) return false;
    // Taking it back drops the repetition that comes later in the list.
    owners.take(prefix, index);
    return true;
  });
}

function finished(peer: PeerInMaking, allowedIps: readonly Prefix[]): DevicePeer {
  return {
    publicKey: peer.publicKey,
    presharedKey: peer.presharedKey === undefined || peer.presharedKey === zeroKey ? null : peer.presharedKey,
    endpoint: peer.endpoint ?? null,
    allowedIps,
    persistentKeepalive: peer.keepalive === undefined || peer.keepalive === 0 ? null : peer.keepalive,
    sections: peer.sections,
  };
}
