import type { ClusterNode } from '../objects/node.ts';
import { parseCidr, parseIp } from '../values/cidr.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import type { NetworkNode } from './network.ts';

/** What stands before the names of Calico's annotations. @see calico libcalico-go/lib/backend/k8s/resources/node.go */
const calicoPrefix = 'projectcalico.org/';

/** The port of Calico's interface unless its FelixConfiguration says otherwise. */
const port = 51820;

/** What Calico's encryption says of a node; null where there is none. */
export function calicoOf({ annotations }: ClusterNode): NetworkNode | null {
  const publicKey = parseMeshKey(annotations.get(`${calicoPrefix}WireguardPublicKey`) ?? '');
  if (publicKey === null) return null;
  const address = parseCidr(annotations.get(`${calicoPrefix}IPv4Address`) ?? '')?.address ?? null;
  const own = annotations.get(`${calicoPrefix}IPv4WireguardInterfaceAddr`) ?? '';
  return {
    publicKey,
    endpoint: address === null ? null : formatMeshEndpoint({ kind: 'address', address, zone: null, port }),
    wireguardIp: parseIp(own) === null ? null : own,
  };
}
