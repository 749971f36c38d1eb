import { clusterOf } from '../../shared/cluster/cluster.ts';
import type { Cluster } from '../../shared/cluster/cluster.ts';
import {
  newLaptopEnd,
  nodeScript,
  nodesNamed,
  secondMeshOf,
} from '../../shared/cluster/second-mesh/index.ts';
import type { LaptopEnd, SecondMeshNode } from '../../shared/cluster/second-mesh/index.ts';
import { parseMeshEndpoint } from '../../shared/cluster/values/endpoint.ts';
import { shellWord } from '../../shared/diagnosis/commands.ts';
import { FaultError } from '../../shared/fault.ts';
import { formatAddress, parseAddress } from '../../shared/network/address.ts';
import { formatPrefix, networkOf, parseInterfaceAddress, samePrefix } from '../../shared/network/prefix.ts';
import { inForm, nodesAndRanges, readClusterOptions, readOutput, readSource } from './cluster-source.ts';
import { KeyRing } from '../backend/cluster/keys.ts';
import { publicKeyIn } from '../backend/cluster/keep-second-mesh.ts';
import { SecondMeshes } from '../backend/cluster/second-meshes.ts';
import { profileName } from '../backend/profiles/name.ts';
import { ProfileStore } from '../backend/profiles/store.ts';
import { has, listOf, valueOf } from './command.ts';
import type { Answer, Command, CommandContext, Given, Option } from './command.ts';
import { wrongUsage } from './parse.ts';

/** Options of `adit cluster manifest` that ask for the script of nodes. */
export const nodeScriptOptions = {
  node: {
    kind: 'value',
    placeholder: 'NAME',
    repeats: true,
    summary: 'The script that lets this laptop into a node, beside the network that the cluster has',
  },
  'every-node': { kind: 'flag', summary: 'The same, one script for all nodes' },
  as: { kind: 'value', placeholder: 'PROFILE', summary: 'What the profile is going to be called' },
  'tunnel-network': {
    kind: 'value',
    placeholder: 'CIDR',
    summary: 'What the tunnel’s own addresses are from (default: 10.200.200.0/24, or one that is free)',
  },
  address: {
    kind: 'value',
    placeholder: 'ADDRESS',
    summary: 'This laptop’s address in it (default: one that follows from its key)',
  },
  endpoint: {
    kind: 'value',
    placeholder: 'HOST',
    summary: 'Where the one node is dialled (default: what the cluster says)',
  },
} as const satisfies Readonly<Record<string, Option>>;

/**
 * The script for nodes. The laptop's key is made with the first one for a profile, and kept for it.
 *
 * @throws FaultError `wrong-usage`, `node-not-found`, what {@link readSource} and {@link newLaptopEnd} throw
 */
export async function nodeScriptAnswer(command: Command, context: CommandContext): Promise<Answer> {
  const { given, places } = context;
  const as = valueOf(given, 'as');
  if (as === undefined)
    throw wrongUsage(command, 'What the profile is going to be called is missing: --as PROFILE.');
  const output = readOutput(command, given);
  const profile = profileName(as);
  const names = listOf(given, 'node');
  const isEvery = has(given, 'every-node');
  if (isEvery === names.length > 0)
    throw wrongUsage(command, 'Either some nodes (--node NAME), or all (--every-node).');
  const options = readClusterOptions(command, given);
  const cluster = clusterOf(await readSource(command, context, nodesAndRanges), options);
  const wish = wishIn(command, given);
  const laptop = await laptopEndFor(places, profile, cluster, wish);
  const mesh = secondMeshOf(cluster, laptop);
  const nodes = withEndpoint(command, given, isEvery ? mesh.nodes : nodesNamed(mesh, names));
  const script = nodeScript(profile, laptop, nodes);
  return inForm(output, {
    json: {
      profile,
      publicKey: laptop.publicKey,
      network: formatPrefix(laptop.network),
      address: formatAddress(laptop.address),
      nodes: nodes.map(({ name, address, host }) => ({
        name,
        address: formatAddress(address),
        host: host?.host ?? null,
      })),
      script,
      warnings: cluster.warnings,
    },
    text: script,
    verbatim: true,
    remarks: remarksFor(profile, nodes, isEvery ? cluster.nodes.length - nodes.length : 0),
  });
}

interface Wish {
  readonly network: LaptopEnd['network'] | null;
  readonly address: LaptopEnd['address'] | null;
}

function wishIn(command: Command, given: Given): Wish {
  const network = valueOf(given, 'tunnel-network');
  const address = valueOf(given, 'address');
  const written = network === undefined ? null : parseInterfaceAddress(network);
  const own = address === undefined ? null : parseAddress(address);
  if (network !== undefined && written === null)
    throw wrongUsage(command, `--tunnel-network: ${JSON.stringify(network)} is no range of addresses.`);
  if (address !== undefined && own === null)
    throw wrongUsage(command, `--address: ${JSON.stringify(address)} is no address.`);
  return { network: written === null ? null : networkOf(written), address: own };
}

/** The end that is kept for the profile, or a new one, with a new key; what somebody wants of it is changed. */
async function laptopEndFor(
  { home }: CommandContext['places'],
  profile: string,
  cluster: Cluster,
  wish: Wish,
): Promise<LaptopEnd> {
  const meshes = new SecondMeshes(home);
  const keys = new KeyRing(home);
  const present = await publicKeyIn(new ProfileStore(home), profile);
  const kept = await meshes.find(profile, present);
  if (kept !== null && (present !== null || (await keys.find(kept.publicKey)) !== null)) {
    const isAsWished =
      (wish.network === null || samePrefix(wish.network, kept.network)) &&
      (wish.address === null || formatAddress(wish.address) === formatAddress(kept.address));
    if (isAsWished) return kept;
    const changed = newLaptopEnd(cluster, kept.publicKey, {
      network: wish.network ?? kept.network,
      address: wish.address,
    });
    await meshes.keep(profile, changed);
    return changed;
  }
  if (present !== null) {
    throw new FaultError({
      code: 'profile-exists',
      message: `There is a profile ${JSON.stringify(profile)} already, which is of no second mesh.`,
      hint: 'Choose another name with --as.',
    });
  }
  // What can be wrong is found out before there is a key.
  newLaptopEnd(cluster, '', wish);
  const end = newLaptopEnd(cluster, await keys.make(), wish);
  await meshes.keep(profile, end);
  return end;
}

function withEndpoint(
  command: Command,
  given: Given,
  nodes: readonly SecondMeshNode[],
): readonly SecondMeshNode[] {
  const written = valueOf(given, 'endpoint');
  if (written === undefined) return nodes;
  const [node] = nodes;
  if (node === undefined || nodes.length > 1)
    throw wrongUsage(command, '--endpoint is of one node: say which with --node NAME.');
  const host = written.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (parseMeshEndpoint(host.includes(':') ? `[${host}]:1` : `${host}:1`) === null)
    throw wrongUsage(
      command,
      `--endpoint: ${JSON.stringify(written)} is no host. The script itself takes HOST:PORT.`,
    );
  return [{ ...node, host: { host, isPrivate: false } }];
}

/** @param odd how many nodes are left out because of their names */
function remarksFor(profile: string, nodes: readonly SecondMeshNode[], odd: number): string[] {
  const name = shellWord(profile);
  const without = nodes.filter(({ host }) => host === null);
  return [
    ...(odd === 0
      ? []
      : [
          `Left out ${odd === 1 ? 'is a node whose name is' : `are ${odd} nodes whose names are`} none that Kubernetes gives.`,
        ]),
    ...(without.length === 0
      ? []
      : [
          `The cluster does not say where ${without.length === 1 ? (without[0]?.name ?? '') : `${without.length} nodes`} can be dialled: run the script there with --endpoint HOST.`,
        ]),
    'Run it as root on each node, and keep what they print: ssh root@NODE sh -s < node.sh >> keys.txt',
    `Then: adit cluster import --as ${name} --keys keys.txt`,
  ];
}
