import { formatAddress } from '../../network/address.ts';
import type { Address, Family } from '../../network/address.ts';
import type { ClusterNode } from '../objects/node.ts';
import { parseCidr, parseIp } from '../values/cidr.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import type { NetworkNode } from './network.ts';

/** What stands before the names of Calico's annotations. @see calico libcalico-go/lib/backend/k8s/resources/node.go */
const calicoPrefix = 'projectcalico.org/';

/** What the annotations of each family are called, and the port of its interface unless the FelixConfiguration says otherwise. */
const halves = {
  4: {
    key: 'WireguardPublicKey',
    own: 'IPv4WireguardInterfaceAddr',
    address: 'IPv4Address',
    port: 51820,
  },
  6: {
    key: 'WireguardPublicKeyV6',
    own: 'IPv6WireguardInterfaceAddr',
    address: 'IPv6Address',
    port: 51821,
  },
} as const;

/** What Calico's encryption says of a node, by IPv4 where it has that, else by IPv6; null where there is none. */
export function calicoOf(node: ClusterNode): NetworkNode | null {
  return halfOf(node, 4) ?? halfOf(node, 6);
}

function halfOf({ annotations, internalIps }: ClusterNode, family: Family): NetworkNode | null {
  const { key, own, address, port } = halves[family];
  const publicKey = parseMeshKey(annotations.get(calicoPrefix + key) ?? '');
  if (publicKey === null) return null;
  const isOfFamily = (one: Address | null | undefined): one is Address => one?.family === family;
  const written = parseCidr(annotations.get(calicoPrefix + address) ?? '')?.address;
  // Without BGP, as on Azure, Calico writes no address, and the nodes are dialled where Kubernetes says.
  const dialled = [written, ...internalIps].find(isOfFamily) ?? null;
  const interfaceIp = parseIp(annotations.get(calicoPrefix + own) ?? '');
  return {
    publicKey,
    endpoint:
      dialled === null ? null : formatMeshEndpoint({ kind: 'address', address: dialled, zone: null, port }),
    wireguardIp: isOfFamily(interfaceIp) ? formatAddress(interfaceIp) : null,
  };
}
