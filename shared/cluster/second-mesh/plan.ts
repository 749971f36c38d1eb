import { FaultError } from '../../fault.ts';
import { formatAddress } from '../../network/address.ts';
import type { Address, Family } from '../../network/address.ts';
import { contains, formatPrefix } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import type { Cluster } from '../cluster.ts';
import { isDnsSubdomain } from '../values/endpoint.ts';
import { nodeHosts } from './node-host.ts';
import type { NodeHost } from './node-host.ts';
import { familiesOf, laptopAddress, nodeAddresses, tunnelNetworkFor } from './tunnel-network.ts';

/** What stays the same of a second mesh as long as its laptop is in it. */
export interface LaptopEnd {
  readonly publicKey: KeyText;
  /** What the tunnel's own addresses are from, one for each family that it has. */
  readonly networks: readonly Prefix[];
  /** The laptop's, in the order of the networks. */
  readonly addresses: readonly Address[];
  /** Those of nodes that scripts were made for: they stay, whoever comes and goes. */
  readonly nodes: ReadonlyMap<string, readonly Address[]>;
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
  /** Its own addresses in the tunnel, in the order of the networks. */
  readonly addresses: readonly Address[];
  /** Null where the cluster does not say where it is dialled. */
  readonly host: NodeHost | null;
}

/** What a person wants of a laptop's end: at most one of each family, the rest is left to us. */
export interface LaptopWish {
  readonly networks: readonly Prefix[];
  readonly addresses: readonly Address[];
}

/**
 * The laptop's end of a mesh.
 *
 * @param kept the end that there is already: it stays, save for what is wished, and gets the families that it lacks
 * @throws FaultError as {@link tunnelNetworkFor}, and `tunnel-address-invalid`
 */
export function laptopEndFor(
  cluster: Cluster,
  publicKey: KeyText,
  wish: LaptopWish,
  kept: LaptopEnd | null = null,
): LaptopEnd {
  const wanted = new Set([
    ...familiesOf(cluster),
    ...wish.networks.map(({ family }) => family),
    ...(kept?.networks ?? []).map(({ family }) => family),
  ]);
  const ofFamily = <T extends { readonly family: Family }>(all: readonly T[] | undefined, family: Family) =>
    all?.find((one) => one.family === family) ?? null;
  const networks = ([4, 6] as const)
    .filter((family) => wanted.has(family))
    .map((family) => {
      const given = ofFamily(wish.networks, family);
      const present = given === null ? ofFamily(kept?.networks, family) : null;
      return present ?? tunnelNetworkFor(cluster, family, given);
    });
  const outside = wish.addresses.find((address) => !networks.some((network) => contains(network, address)));
  if (outside !== undefined) {
    throw new FaultError({
      code: 'tunnel-address-invalid',
      message: `${formatAddress(outside)} is not in ${networks.map(formatPrefix).join(' or ')}, the network of the tunnel.`,
      hint: 'Leave --address out, or say --tunnel-network too.',
    });
  }
  const addresses = networks.map((network) => {
    const present = ofFamily(kept?.addresses, network.family);
    return (
      ofFamily(wish.addresses, network.family) ??
      (present !== null && contains(network, present) ? present : laptopAddress(publicKey, network))
    );
  });
  return { publicKey, networks, addresses, nodes: kept?.nodes ?? new Map() };
}

/**
 * The mesh of a cluster's nodes and a laptop.
 *
 * @throws FaultError `tunnel-network-full`, and `tunnel-address-invalid` where the laptop has a node's address
 */
export function secondMeshOf(cluster: Cluster, laptop: LaptopEnd): SecondMesh {
  const nodes = cluster.nodes.filter(({ name }) => isDnsSubdomain(name));
  const names = nodes.map(({ name }) => name);
  const ofNetworks = laptop.networks.map((network) => nodeAddresses(names, network, laptop.nodes));
  const hostOf = nodeHosts(cluster);
  const own = new Set(laptop.addresses.map(formatAddress));
  const planned = nodes.map((node): SecondMeshNode => {
    const addresses = ofNetworks.flatMap((found) => found.get(node.name) ?? []);
    const taken = addresses.map(formatAddress).find((address) => own.has(address));
    if (taken !== undefined) throw isOfNode(taken, node.name);
    return { name: node.name, addresses, host: hostOf(node) };
  });
  return { laptop, nodes: planned };
}

/** The laptop's end with the addresses of nodes that scripts are made for, so that they stay. */
export function withNodes(laptop: LaptopEnd, nodes: readonly SecondMeshNode[]): LaptopEnd {
  const added = nodes.map(({ name, addresses }) => [name, addresses] as const);
  return { ...laptop, nodes: new Map([...laptop.nodes, ...added]) };
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
