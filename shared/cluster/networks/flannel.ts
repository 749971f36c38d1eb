import type { Address } from '../../network/address.ts';
import { isObject } from '../objects/fields.ts';
import { flannelPrefix } from './flannel-annotations.ts';
import type { ClusterNode } from '../objects/node.ts';
import { parseIp } from '../values/cidr.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import type { NetworkNode } from './network.ts';

/** The port of flannel's interface where it does not say. @see flannel pkg/backend/wireguard */
const defaultPort = 51820;

/** A node in flannel's WireGuard network. */
export interface FlannelNode extends NetworkNode {
  /** Where the other nodes dial it: what was put in the place of its own address, or that. */
  readonly publicIp: Address | null;
  /** Whether somebody put an address in the place of what flannel found. */
  readonly isOverwritten: boolean;
}

/** What flannel says of a node; null where it does not use WireGuard there. */
export function flannelOf({ annotations }: ClusterNode): FlannelNode | null {
  const backend = annotations.get(`${flannelPrefix}backend-type`);
  const facts = backendFacts(annotations.get(`${flannelPrefix}backend-data`));
  const isOldWireguard = backend === 'extension' && facts.publicKey !== null;
  if (backend !== 'wireguard' && !isOldWireguard) return null;
  const overwritten = parseIp(annotations.get(`${flannelPrefix}public-ip-overwrite`) ?? '');
  const publicIp = overwritten ?? parseIp(annotations.get(`${flannelPrefix}public-ip`) ?? '');
  return {
    publicKey: facts.publicKey,
    publicIp,
    isOverwritten: overwritten !== null,
    endpoint:
      publicIp === null
        ? null
        : formatMeshEndpoint({ kind: 'address', address: publicIp, zone: null, port: facts.port }),
    wireguardIp: null,
  };
}

/** `{"PublicKey","Port"}`, or of an old k3s, whose backend was an extension, the key alone. */
function backendFacts(text: string | undefined): {
  readonly publicKey: string | null;
  readonly port: number;
} {
  let value: unknown;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    value = text;
  }
  if (typeof value === 'string') return { publicKey: parseMeshKey(value), port: defaultPort };
  if (!isObject(value)) return { publicKey: null, port: defaultPort };
  const { PublicKey: key, Port: port } = value;
  return {
    publicKey: typeof key === 'string' ? parseMeshKey(key) : null,
    port:
      typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : defaultPort,
  };
}
