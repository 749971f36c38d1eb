import { chosenServiceCidrs } from '../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../shared/cluster/cluster.ts';
import type { Cluster } from '../../shared/cluster/cluster.ts';
import {
  carriedBy,
  joinMembers,
  missingLines,
  presentMembers,
  readNodeLines,
  secondMeshOf,
  secondMeshProfile,
  secondMeshWarnings,
} from '../../shared/cluster/second-mesh/index.ts';
import type { MeshMember } from '../../shared/cluster/second-mesh/index.ts';
import { itemsOf } from '../../shared/cluster/readings.ts';
import type { ClusterWarning } from '../../shared/cluster/warnings/catalogue.ts';
import { shellWord } from '../../shared/diagnosis/commands.ts';
import { FaultError } from '../../shared/fault.ts';
import { formatAddress } from '../../shared/network/address.ts';
import { formatInterfaceAddress, formatPrefix, networkOf } from '../../shared/network/prefix.ts';
import type { Prefix } from '../../shared/network/prefix.ts';
import { isRepeatable } from '../backend/cluster/kept.ts';
import { keptMembers, membersIn, meshChoicesIn } from '../backend/cluster/kept-members.ts';
import {
  endKeptFor,
  keepSecondMesh,
  linesInProfile,
  meshKeptFor,
} from '../backend/cluster/keep-second-mesh.ts';
import { SecondMeshes } from '../backend/cluster/second-meshes.ts';
import { readGivenFile } from '../backend/profiles/files.ts';
import { profileName } from '../backend/profiles/name.ts';
import { textIn } from '../backend/cluster/text.ts';
import { parseCidr } from '../../shared/cluster/values/cidr.ts';
import { requireNames } from './cluster-names.ts';
import { clusterPlaces } from './cluster-places.ts';
import { chooseSource, nodesAndRanges, readClusterOptions, readFrom } from './cluster-source.ts';
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
  replace: {
    kind: 'flag',
    summary: 'With --keys: join new lines to a profile that is there; what is not said stays',
  },
  'per-node': { kind: 'flag', summary: 'With --replace: the end of --single' },
  forget: {
    kind: 'value',
    placeholder: 'NODE',
    repeats: true,
    summary: 'With --replace: a node whose line is to be kept no more',
  },
};

/**
 * Makes and keeps the profile of a second mesh. Services are reached where their network is known, unless others are named. What a
 * profile that is made anew was told before, it is not to be told again.
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
  const before = has(given, 'replace') ? await meshKeptFor(own, name) : null;
  const text = textIn(await readGivenFile(path));
  const options = readClusterOptions(command, given);
  const source = await chooseSource(command, context);
  const isRemembered = await isRepeatable(source);
  const readings = await readFrom(source, context, nodesAndRanges);
  const cluster = clusterOf(readings, options);
  const { lines, warnings: ofLines } = readNodeLines(text, cluster);
  const forgotten = new Set(listOf(given, 'forget'));
  const mesh = secondMeshOf(cluster, laptop);
  const known =
    before === null
      ? joinMembers(cluster, mesh, has(given, 'replace') ? await linesInProfile(own, name) : [], []).members
      : membersIn(before);
  const stranger = [...forgotten].find((one) => !known.some((member) => member.name === one));
  if (stranger !== undefined) throw withoutLine(stranger, known);
  const { members, warnings: ofMembers } = joinMembers(
    cluster,
    mesh,
    lines,
    known.filter((member) => !forgotten.has(member.name)),
  );
  const podCidrs = new Map([
    ...(before === null ? [] : meshChoicesIn(before).podCidrs),
    ...podCidrsIn(command, given, cluster),
  ]);
  const words = has(given, 'service-cidr') ? listOf(given, 'service-cidr') : (before?.serviceCidrs ?? null);
  const serviceCidrs =
    words === null || (words.includes('auto') && !has(given, 'service-cidr'))
      ? servicesKnown(words ?? ['auto'], cluster)
      : chosenServiceCidrs(words, cluster);
  const gateway = valueOf(given, 'gateway') ?? null;
  const choices = {
    addresses: laptop.addresses,
    single: has(given, 'single') || (before?.single === true && !has(given, 'per-node')),
    podCidrs,
    serviceCidrs,
  };
  const profile = secondMeshProfile(cluster, members, {
    ...choices,
    gateway: gateway ?? stillThere(before?.gateway ?? null, cluster, members),
  });
  const services = serviceCidrs.filter(carriedBy(laptop.addresses));
  const names = has(given, 'names') ? requireNames(cluster, services) : null;
  const { profile: kept, isApplied } = await keepSecondMesh(
    own,
    name,
    laptop,
    profile,
    {
      source: isRemembered ? source : null,
      serviceCidrs: words === null ? ['auto'] : [...words],
      services: serviceCidrs.map(formatPrefix),
      servicesGuessed: cluster.serviceCidrs.some(({ guessed }) => guessed),
      gateway: gateway ?? before?.gateway ?? null,
      addresses: choices.addresses.map(formatAddress),
      single: choices.single,
      hasCilium: itemsOf(readings, 'ciliumNodes').length > 0,
      podCidrs: Object.fromEntries([...podCidrs].map(([node, cidrs]) => [node, cidrs.map(formatPrefix)])),
      members: keptMembers(members),
    },
    names,
    has(given, 'replace'),
    {
      store: own.store,
      socket: places.socket,
      accept: listOf(given, 'accept'),
      subtract: false,
    },
  );
  const warnings = [
    ...ofLines,
    ...ofMembers,
    ...missingLines(cluster, members, name),
    ...secondMeshWarnings(cluster, members, choices, name),
  ];
  const reached = services.map(formatPrefix);
  return {
    json: {
      profile: kept.name,
      interface: kept.interface,
      publicKey: laptop.publicKey,
      addresses: profile.addresses.map(formatInterfaceAddress),
      serviceCidrs: reached,
      gateway: profile.gateway,
      dns: { servers: names?.servers ?? [], domains: names?.domains ?? [] },
      peers: profile.peers.map((section) => ({
        name: section.name,
        publicKey: section.publicKey,
        allowedIps: section.allowedIps.map(formatInterfaceAddress),
        endpoint: section.endpoint,
        persistentKeepalive: section.persistentKeepalive,
      })),
      remembered: isRemembered,
      applied: isApplied,
      warnings: [...cluster.warnings, ...warnings],
    },
    text: [
      `"${name}" is kept, with ${counted(profile.peers.length, 'node')} as ${profile.peers.length === 1 ? 'a peer' : 'peers'}.`,
      ...(profile.gateway === null || reached.length === 0
        ? []
        : [`Services (${reached.join(', ')}) are reached through ${profile.gateway}.`]),
      ...shown([...cluster.warnings.filter(isGuess), ...warnings]),
      isApplied
        ? 'Its tunnel is up, and has the change.'
        : `Bring it up with: adit up ${shellWord(name)}, and keep it in step with: adit cluster sync ${shellWord(name)}`,
    ].join('\n'),
  };
}

/** Networks of Services, where nobody insists on knowing them. */
function servicesKnown(words: readonly string[], cluster: Cluster): Prefix[] {
  const isKnown = cluster.serviceCidrs.length > 0;
  return chosenServiceCidrs(isKnown ? words : words.filter((word) => word !== 'auto'), cluster);
}

/** A gateway that was chosen before; null where the cluster has it no more. */
function stillThere(gateway: string | null, cluster: Cluster, members: readonly MeshMember[]): string | null {
  return presentMembers(cluster, members).some(({ name }) => name === gateway) ? gateway : null;
}

function withoutLine(name: string, known: readonly MeshMember[]): FaultError {
  const names = known.map((member) => member.name);
  return new FaultError({
    code: 'node-not-found',
    message: `--forget: no line of the node ${JSON.stringify(name.slice(0, 100))} is kept.`,
    hint:
      names.length === 0
        ? 'It goes with --replace, and a profile that is there.'
        : `There are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`,
  });
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
