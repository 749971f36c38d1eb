import type { Address, Family } from '../../network/address.ts';
import { isObject } from '../objects/fields.ts';
import type { Texts } from '../objects/fields.ts';
import { flannelPrefix } from './flannel-annotations.ts';
import type { ClusterNode } from '../objects/node.ts';
import { parseIp } from '../values/cidr.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import type { NetworkNode } from './network.ts';

/**
 * What the annotations of each family are called, and the port of its interface where it does not say.
 *
 * @see flannel pkg/subnet/kube/annotations.go, pkg/backend/wireguard
 */
const halves = {
  4: { backend: 'backend-data', ip: 'public-ip', port: 51820 },
  6: { backend: 'backend-v6-data', ip: 'public-ipv6', port: 51821 },
} as const;

/** A node in flannel's WireGuard network. */
export interface FlannelNode extends NetworkNode {
  /** Where the other nodes dial it: what was put in the place of its own address, or that. */
  readonly publicIp: Address | null;
  /** Whether somebody put an address in the place of what flannel found. */
  readonly isOverwritten: boolean;
}

/** What flannel says of a node, by IPv4 where it has that, else by IPv6; null where it does not use WireGuard there. */
export function flannelOf({ annotations }: ClusterNode): FlannelNode | null {
  const backend = annotations.get(`${flannelPrefix}backend-type`);
  const usual = halfOf(annotations, 4);
  const other = usual.publicKey === null ? halfOf(annotations, 6) : usual;
  const half = other.publicKey === null ? usual : other;
  const isOldWireguard = backend === 'extension' && half.publicKey !== null;
  return backend === 'wireguard' || isOldWireguard ? half : null;
}

function halfOf(annotations: Texts, family: Family): FlannelNode {
  const names = halves[family];
  const addressOf = (name: string): Address | null => {
    const address = parseIp(annotations.get(flannelPrefix + name) ?? '');
    return address?.family === family ? address : null;
  };
  const { publicKey, port } = backendFacts(annotations.get(flannelPrefix + names.backend), names.port);
  const overwritten = addressOf(`${names.ip}-overwrite`);
  const publicIp = overwritten ?? addressOf(names.ip);
  return {
    publicKey,
    publicIp,
    isOverwritten: overwritten !== null,
    endpoint:
      publicIp === null ? null : formatMeshEndpoint({ kind: 'address', address: publicIp, zone: null, port }),
    wireguardIp: null,
  };
}

/** `{"PublicKey","Port"}`, or of an old k3s, whose backend was an extension, the key alone. */
function backendFacts(
  text: string | undefined,
  defaultPort: number,
): { readonly publicKey: string | null; readonly port: number } {
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
