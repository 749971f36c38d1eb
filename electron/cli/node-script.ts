import { clusterOf } from '../../shared/cluster/cluster.ts';
import type { Cluster } from '../../shared/cluster/cluster.ts';
import {
  laptopEndFor,
  nodeScript,
  nodesNamed,
  secondMeshOf,
  withNodes,
} from '../../shared/cluster/second-mesh/index.ts';
import type { LaptopEnd, LaptopWish, SecondMeshNode } from '../../shared/cluster/second-mesh/index.ts';
import { parseMeshEndpoint } from '../../shared/cluster/values/endpoint.ts';
import { shellWord } from '../../shared/diagnosis/commands.ts';
import { FaultError } from '../../shared/fault.ts';
import { formatAddress, parseAddress } from '../../shared/network/address.ts';
import { formatPrefix, networkOf, parseInterfaceAddress } from '../../shared/network/prefix.ts';
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
    repeats: true,
    summary:
      'What the tunnel’s own addresses are from (default: 10.200.200.0/24 and fd00:10:200:200::/64, or others that are free)',
  },
  address: {
    kind: 'value',
    placeholder: 'ADDRESS',
    summary: 'This laptop’s address in it, or one of each family with a comma (default: by its key)',
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
 * @throws FaultError `wrong-usage`, `node-not-found`, what {@link readSource} and {@link laptopEndFor} throw
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
  const { laptop, isNewFamily, isMade } = await endFor(places, profile, cluster, wishIn(command, given));
  const mesh = secondMeshOf(cluster, laptop);
  await new SecondMeshes(places.home).keep(profile, withNodes(laptop, mesh.nodes));
  const nodes = withEndpoint(command, given, isEvery ? mesh.nodes : nodesNamed(mesh, names));
  const script = nodeScript(profile, laptop, nodes);
  return inForm(output, {
    json: {
      profile,
      publicKey: laptop.publicKey,
      network: formatPrefix(firstOf(laptop.networks)),
      address: formatAddress(firstOf(laptop.addresses)),
      networks: laptop.networks.map(formatPrefix),
      addresses: laptop.addresses.map(formatAddress),
      nodes: nodes.map(({ name, addresses, host }) => ({
        name,
        address: formatAddress(firstOf(addresses)),
        addresses: addresses.map(formatAddress),
        host: host?.host ?? null,
      })),
      script,
      warnings: cluster.warnings,
    },
    text: script,
    verbatim: true,
    remarks: remarksFor(
      profile,
      nodes,
      isEvery ? cluster.nodes.length - nodes.length : 0,
      isNewFamily,
      isMade,
    ),
  });
}

function wishIn(command: Command, given: Given): LaptopWish {
  const networks = listOf(given, 'tunnel-network').map((text) => {
    const written = parseInterfaceAddress(text);
    if (written !== null) return networkOf(written);
    throw wrongUsage(command, `--tunnel-network: ${JSON.stringify(text)} is no range of addresses.`);
  });
  const addresses = listOf(given, 'address').map((text) => {
    const address = parseAddress(text);
    if (address !== null) return address;
    throw wrongUsage(command, `--address: ${JSON.stringify(text)} is no address.`);
  });
  for (const [option, values] of Object.entries({ 'tunnel-network': networks, address: addresses }))
    if (new Set(values.map(({ family }) => family)).size < values.length)
      throw wrongUsage(command, `--${option} takes one of IPv4 and one of IPv6.`);
  return { networks, addresses };
}

/** The first of what there is for each family, and so always one. */
function firstOf<T>([first]: readonly T[]): T {
  if (first === undefined) throw new RangeError('a tunnel without a family');
  return first;
}

/** The end that is kept for the profile, or a new one, with a new key; what somebody wants of it, or it lacks, is changed. */
async function endFor(
  { home }: CommandContext['places'],
  profile: string,
  cluster: Cluster,
  wish: LaptopWish,
): Promise<{ readonly laptop: LaptopEnd; readonly isNewFamily: boolean; readonly isMade: boolean }> {
  const meshes = new SecondMeshes(home);
  const keys = new KeyRing(home);
  const present = await publicKeyIn(new ProfileStore(home), profile);
  const kept = await meshes.find(profile, present);
  if (kept !== null && (present !== null || (await keys.find(kept.publicKey)) !== null)) {
    const laptop = laptopEndFor(cluster, kept.publicKey, wish, kept);
    const isNewFamily = laptop.networks.length > kept.networks.length;
    return { laptop, isNewFamily, isMade: present !== null };
  }
  if (present !== null) {
    throw new FaultError({
      code: 'profile-exists',
      message: `There is a profile ${JSON.stringify(profile)} already, which is of no second mesh.`,
      hint: 'Choose another name with --as.',
    });
  }
  // What can be wrong is found out before there is a key.
  secondMeshOf(cluster, laptopEndFor(cluster, '', wish));
  const laptop = laptopEndFor(cluster, await keys.make(), wish);
  return { laptop, isNewFamily: false, isMade: false };
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

/**
 * @param odd how many nodes are left out because of their names
 * @param isNewFamily whether the tunnel has a family now that it had not
 * @param isMade whether there is a profile already
 */
function remarksFor(
  profile: string,
  nodes: readonly SecondMeshNode[],
  odd: number,
  isNewFamily: boolean,
  isMade: boolean,
): string[] {
  const file = isMade ? 'new.txt' : 'keys.txt';
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
    ...(isNewFamily
      ? ['The tunnel has both IPv4 and IPv6 now: nodes that have run an older script have to run one again.']
      : []),
    `Run it as root on each node, and keep what they print: ssh root@NODE sh -s < node.sh >> ${file}`,
    `Then: adit cluster import --as ${name} --keys ${file}${isMade ? ' --replace' : ''}`,
  ];
}
