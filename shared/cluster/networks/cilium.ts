import { parseMeshKey } from '../values/key.ts';
import type { ClusterNode } from '../objects/node.ts';
import { namedObjects } from '../objects/named.ts';
import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { parseCidr, parseIp } from '../values/cidr.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import type { Report } from '../warnings/catalogue.ts';
import type { NetworkNode } from './network.ts';

/** @see cilium pkg/annotation/k8s.go WireguardPubKey */
const keyAnnotation = 'network.cilium.io/wg-pub-key';

/** The port of `cilium_wg0`. @see cilium pkg/wireguard/types/types.go ListenPort */
const port = 51871;

/** The public keys of Cilium's encryption, by the names of nodes. @param items objects of kind CiliumNode */
export function ciliumKeys(
  items: readonly unknown[],
  nodes: readonly ClusterNode[],
  report: Report,
): ReadonlyMap<string, string> {
  const written = [
    ...nodes.map(({ name, annotations }) => [name, annotations.get(keyAnnotation)] as const),
    ...namedObjects(items, 'ciliumnode', report).map(
      ({ name, metadata }) => [name, metadata.texted('annotations').get(keyAnnotation)] as const,
    ),
  ];
  return new Map(
    written.flatMap(([name, text]) => {
      const key = parseMeshKey(text ?? '');
      return key === null ? [] : [[name, key] as const];
    }),
  );
}

/**
 * The Pod CIDRs that Cilium gives nodes itself (IPAM `cluster-pool` and `multi-pool`), by the names of nodes: what Kubernetes has for them then
 * means nothing.
 *
 * @param items objects of kind CiliumNode
 * @see cilium pkg/k8s/apis/cilium.io/v2/types.go NodeSpec, pkg/ipam/types/types.go IPAMSpec
 */
export function ciliumPodCidrs(items: readonly unknown[]): ReadonlyMap<string, readonly Prefix[]> {
  const unheard = (): void => undefined;
  return new Map(
    namedObjects(items, 'ciliumnode', unheard).map(({ name, fields }) => [
      name,
      fields
        .object('spec')
        .object('ipam')
        .texts('podCIDRs')
        .flatMap((text) => {
          const cidr = parseCidr(text);
          return cidr === null ? [] : [networkOf(cidr)];
        }),
    ]),
  );
}

/** What Cilium's encryption says of a node; null where there is none. */
export function ciliumOf(node: ClusterNode, keys: ReadonlyMap<string, string>): NetworkNode | null {
  const publicKey = keys.get(node.name);
  if (publicKey === undefined) return null;
  const address = parseIp(node.internalIp ?? '');
  return {
    publicKey,
    endpoint: address === null ? null : formatMeshEndpoint({ kind: 'address', address, zone: null, port }),
    wireguardIp: null,
  };
}
