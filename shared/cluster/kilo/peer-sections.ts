import { FaultError } from '../../fault.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import type { KiloMesh, MeshGroup, MeshPeer } from './mesh.ts';

/** A [Peer] of the configuration of one of the mesh's Peers. */
export interface PeerSection {
  /** What people call it: a location, a node that stands alone, or a Peer. */
  readonly name: string;
  readonly publicKey: KeyText;
  readonly presharedKey: KeyText | null;
  /** As Kilo has them, host bits kept; none where earlier Peers have them all. */
  readonly allowedIps: readonly InterfaceAddress[];
  /** `HOST:PORT`; null where it dials us. */
  readonly endpoint: string | null;
  /** Seconds; 0 is off. */
  readonly persistentKeepalive: number;
}

/**
 * The [Peer] sections for one of the mesh's Peers: every group, then every other Peer. Its own keepalive goes on all of them, its
 * preshared key on those of the groups.
 *
 * @see kilo pkg/mesh/topology.go PeerConf
 */
export function peerSections(mesh: KiloMesh, own: MeshPeer): PeerSection[] {
  const { persistentKeepalive, presharedKey } = own;
  const groups = mesh.groups.map((group): PeerSection => ({
    name: labelOf(group),
    publicKey: group.leader.key,
    presharedKey,
    allowedIps: [...group.allowedIps, ...group.locationIps],
    endpoint: formatMeshEndpoint(group.endpoint),
    persistentKeepalive,
  }));
  const peers = mesh.peers
    .filter(({ name }) => name !== own.name)
    .map((peer): PeerSection => ({
      name: peer.name,
      publicKey: peer.publicKey,
      presharedKey: null,
      allowedIps: peer.allowedIps,
      endpoint: peer.endpoint === null ? null : formatMeshEndpoint(peer.endpoint),
      persistentKeepalive,
    }));
  return [...groups, ...peers];
}

/** A group's location, or the name of its leader where it has none. */
function labelOf({ key, leader }: MeshGroup): string {
  return key.slice(key.indexOf(':') + 1) || leader.name;
}

/** A Peer of the mesh by its name. @throws FaultError `kilo-peer-not-found` */
export function meshPeerNamed(mesh: KiloMesh, name: string): MeshPeer {
  const peer = mesh.peers.find((other) => other.name === name);
  if (peer !== undefined) return peer;
  const names = mesh.peers.map((other) => other.name);
  throw new FaultError({
    code: 'kilo-peer-not-found',
    message: `Kilo knows no Peer ${JSON.stringify(name)} with a key and an address.`,
    hint:
      names.length === 0
        ? 'There is none at all; if they were not read, add them: kubectl get peers -o json > peers.json, then --peers peers.json.'
        : `There are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`,
  });
}
