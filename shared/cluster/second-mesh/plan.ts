import { FaultError } from '../../fault.ts';
import { formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { contains, formatPrefix } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import type { Cluster } from '../cluster.ts';
import { isDnsSubdomain } from '../values/endpoint.ts';
import { nodeHosts } from './node-host.ts';
import type { NodeHost } from './node-host.ts';
import { laptopAddress, nodeAddresses, tunnelNetworkFor } from './tunnel-network.ts';

/** What stays the same of a second mesh as long as its laptop is in it. */
export interface LaptopEnd {
  readonly publicKey: KeyText;
  /** What the tunnel's own addresses are from. */
  readonly network: Prefix;
  readonly address: Address;
}

/** A WireGuard network beside the cluster's own, between one laptop and nodes. */
export interface SecondMesh {
  readonly laptop: LaptopEnd;
  /** By name; without those that are called what no node is. */
  readonly nodes: readonly SecondMeshNode[];
}

/** A node in it. */
export interface SecondMeshNode {
  readonly name: string;
  /** Its own address in the tunnel. */
  readonly address: Address;
  /** Null where the cluster does not say where it is dialled. */
  readonly host: NodeHost | null;
}

/**
 * The laptop's end of a mesh that is new.
 *
 * @param wish what the person wants; null leaves it to us
 * @throws FaultError as {@link tunnelNetworkFor}, and `tunnel-address-invalid`
 */
export function newLaptopEnd(
  cluster: Cluster,
  publicKey: KeyText,
  wish: { readonly network: Prefix | null; readonly address: Address | null },
): LaptopEnd {
  const network = tunnelNetworkFor(cluster, wish.network);
  const address = wish.address ?? laptopAddress(publicKey, network);
  if (!contains(network, address)) {
    throw new FaultError({
      code: 'tunnel-address-invalid',
      message: `${formatAddress(address)} is not in ${formatPrefix(network)}, the network of the tunnel.`,
      hint: 'Leave --address out, or say --tunnel-network too.',
    });
  }
  return { publicKey, network, address };
}

/**
 * The mesh of a cluster's nodes and a laptop.
 *
 * @throws FaultError `tunnel-network-full`, and `tunnel-address-invalid` where the laptop has a node's address
 */
export function secondMeshOf(cluster: Cluster, laptop: LaptopEnd): SecondMesh {
  const nodes = cluster.nodes.filter(({ name }) => isDnsSubdomain(name));
  const addresses = nodeAddresses(
    nodes.map(({ name }) => name),
    laptop.network,
  );
  const hostOf = nodeHosts(cluster);
  const own = formatAddress(laptop.address);
  const planned = nodes.flatMap((node): SecondMeshNode[] => {
    const address = addresses.get(node.name);
    if (address === undefined) return [];
    if (formatAddress(address) === own) throw isOfNode(own, node.name);
    return [{ name: node.name, address, host: hostOf(node) }];
  });
  return { laptop, nodes: planned };
}

/**
 * Some nodes of a mesh, by their names.
 *
 * @throws FaultError `node-not-found`
 */
export function nodesNamed({ nodes }: SecondMesh, names: readonly string[]): SecondMeshNode[] {
  const known = new Map(nodes.map((node) => [node.name, node]));
  return [...new Set(names)].map((name) => {
    const node = known.get(name);
    if (node !== undefined) return node;
    throw new FaultError({
      code: 'node-not-found',
      message: `The cluster has no node ${JSON.stringify(name.slice(0, 100))}.`,
      hint: `There are: ${nodes
        .slice(0, 20)
        .map((other) => other.name)
        .join(', ')}${nodes.length > 20 ? ', …' : ''}.`,
    });
  });
}

function isOfNode(address: string, name: string): FaultError {
  return new FaultError({
    code: 'tunnel-address-invalid',
    message: `${address} is the address of the node ${name} in the tunnel.`,
    hint: 'Choose another with --address, or leave it out.',
  });
}
