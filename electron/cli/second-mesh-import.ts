import { chosenServiceCidrs } from '../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../shared/cluster/cluster.ts';
import type { Cluster } from '../../shared/cluster/cluster.ts';
import { profileText } from '../../shared/cluster/profile.ts';
import {
  readNodeLines,
  secondMeshProfile,
  secondMeshWarnings,
} from '../../shared/cluster/second-mesh/index.ts';
import type { ClusterWarning } from '../../shared/cluster/warnings/catalogue.ts';
import { shellWord } from '../../shared/diagnosis/commands.ts';
import { FaultError } from '../../shared/fault.ts';
import { formatInterfaceAddress, formatPrefix, networkOf } from '../../shared/network/prefix.ts';
import type { Prefix } from '../../shared/network/prefix.ts';
import { endKeptFor, keepSecondMesh } from '../backend/cluster/keep-second-mesh.ts';
import { SecondMeshes } from '../backend/cluster/second-meshes.ts';
import { readGivenFile } from '../backend/profiles/files.ts';
import { profileName } from '../backend/profiles/name.ts';
import { parseCidr } from '../../shared/cluster/values/cidr.ts';
import { clusterPlaces } from './cluster-places.ts';
import { readClusterOptions, readSource } from './cluster-source.ts';
import { has, listOf, valueOf } from './command.ts';
import type { Answer, Command, CommandContext, Given, Option } from './command.ts';
import { wrongUsage } from './parse.ts';

/** Options of `adit cluster import` that are for a second mesh alone. */
export const secondMeshOptions: Readonly<Record<string, Option>> = {
  keys: {
    kind: 'value',
    placeholder: 'FILE',
    summary: 'What the nodes printed: the profile of a second mesh ("adit cluster manifest --every-node")',
  },
  single: {
    kind: 'flag',
    summary: 'With --keys: reach all Pods through the gateway, and not each through its own node',
  },
  'pod-cidr': {
    kind: 'value',
    placeholder: 'NODE=CIDR',
    repeats: true,
    summary: 'With --keys: the Pod CIDR of a node that the cluster does not tell',
  },
  replace: { kind: 'flag', summary: 'With --keys: make the profile anew if it is there' },
};

/** Everything that tells of nodes and ranges. */
const nodesAndRanges = {
  kinds: ['nodes', 'peers', 'services', 'configMaps', 'serviceCidrs', 'pods', 'ciliumNodes'],
  required: ['nodes'],
} as const;

/**
 * Makes and keeps the profile of a second mesh. Services are reached where their network is known, unless others are named.
 *
 * @throws FaultError `wrong-usage`, `second-mesh-unknown`, `node-lines-missing`, `node-not-found`, `gateway-not-found`, `profile-exists`
 */
export async function secondMeshAnswer(command: Command, context: CommandContext): Promise<Answer> {
  const { given, places } = context;
  const as = valueOf(given, 'as');
  const path = valueOf(given, 'keys');
  if (as === undefined || path === undefined)
    throw wrongUsage(command, 'What the profile is called is missing: --as PROFILE.');
  const name = profileName(as);
  const own = clusterPlaces(places);
  const laptop = await endKeptFor(new SecondMeshes(places.home), own.store, name);
  const text = (await readGivenFile(path)).toString('utf8');
  const options = readClusterOptions(command, given);
  const cluster = clusterOf(await readSource(command, context, nodesAndRanges), options);
  const { lines, warnings: ofLines } = readNodeLines(text, cluster);
  const podCidrs = podCidrsIn(command, given, cluster);
  const serviceCidrs = has(given, 'service-cidr')
    ? chosenServiceCidrs(listOf(given, 'service-cidr'), cluster)
    : cluster.serviceCidrs.map(({ cidr }) => cidr);
  const profile = secondMeshProfile(cluster, lines, {
    laptop,
    single: has(given, 'single'),
    gateway: valueOf(given, 'gateway') ?? null,
    serviceCidrs,
    podCidrs,
  });
  const kept = await keepSecondMesh(
    clusterPlaces(places),
    name,
    laptop,
    profileText(profile, name),
    has(given, 'replace'),
  );
  const warnings = [...ofLines, ...secondMeshWarnings(cluster, { podCidrs })];
  const services = serviceCidrs.filter(({ family }) => family === 4).map(formatPrefix);
  return {
    json: {
      profile: kept.name,
      interface: kept.interface,
      publicKey: laptop.publicKey,
      addresses: profile.addresses.map(formatInterfaceAddress),
      serviceCidrs: services,
      gateway: profile.gateway,
      peers: profile.peers.map((section) => ({
        name: section.name,
        publicKey: section.publicKey,
        allowedIps: section.allowedIps.map(formatInterfaceAddress),
        endpoint: section.endpoint,
        persistentKeepalive: section.persistentKeepalive,
      })),
      warnings: [...cluster.warnings, ...warnings],
    },
    text: [
      `"${name}" is kept, with ${counted(profile.peers.length, 'node')} as ${profile.peers.length === 1 ? 'a peer' : 'peers'}.`,
      ...(profile.gateway === null || services.length === 0
        ? []
        : [`Services (${services.join(', ')}) are reached through ${profile.gateway}.`]),
      ...shown([...cluster.warnings.filter(isGuess), ...warnings]),
      `Bring it up with: adit up ${shellWord(name)}`,
    ].join('\n'),
  };
}

/** @throws FaultError `wrong-usage`, `node-not-found` */
function podCidrsIn(command: Command, given: Given, { nodes }: Cluster): Map<string, Prefix[]> {
  const names = new Set(nodes.map(({ name }) => name));
  const found = new Map<string, Prefix[]>();
  for (const word of listOf(given, 'pod-cidr')) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    const cidr = parseCidr(word.slice(at + 1));
    if (at < 1 || cidr === null)
      throw wrongUsage(
        command,
        `--pod-cidr: ${JSON.stringify(word)} is no NODE=CIDR, such as a=10.42.0.0/24.`,
      );
    if (!names.has(name)) {
      throw new FaultError({
        code: 'node-not-found',
        message: `--pod-cidr: the cluster has no node ${JSON.stringify(name)}.`,
        hint: '"adit cluster inspect" lists them.',
      });
    }
    found.set(name, [...(found.get(name) ?? []), networkOf(cidr)]);
  }
  return found;
}

function isGuess({ code }: ClusterWarning): boolean {
  return code === 'service-cidr-guessed' || code === 'service-cidr-unknown';
}

/** The most warnings that are shown; of a large cluster there may be thousands. */
const most = 20;

function shown(warnings: readonly ClusterWarning[]): string[] {
  const rest = warnings.length - most;
  return [
    ...warnings.slice(0, most).map(({ message, hint }) => `${message} ${hint}`),
    ...(rest > 0 ? [`There are ${counted(rest, 'more warning')}; --json has them all.`] : []),
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
