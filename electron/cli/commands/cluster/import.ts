import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { chosenServiceCidrs } from '../../../../shared/cluster/chosen-service-cidrs.ts';
import { formatInterfaceAddress, formatPrefix } from '../../../../shared/network/prefix.ts';
import { importKiloPeer } from '../../../backend/cluster/import.ts';
import { isRepeatable } from '../../../backend/cluster/kept.ts';
import { requireNames } from '../../cluster-names.ts';
import { clusterPlaces } from '../../cluster-places.ts';
import {
  chooseSource,
  inForm,
  meshAndServices,
  meshOnly,
  outputOption,
  readGateway,
  readClusterOptions,
  readFrom,
  readOutput,
  serviceOptions,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import { has, listOf, valueOf } from '../../command.ts';
import type { Command, Given } from '../../command.ts';
import { conflictOptions } from '../../conflict-options.ts';
import { readKeyFile } from '../../own-end.ts';
import { wrongUsage } from '../../parse.ts';
import { secondMeshAnswer, secondMeshOptions } from '../../second-mesh-import.ts';

/** `adit cluster import --as PROFILE` */
export const clusterImport: Command = {
  name: 'cluster import',
  operands: `${sourceOperands} --as PROFILE --peer NAME|--keys FILE`,
  arity: { least: 0, most: Infinity },
  summary: 'Keep the profile of one of Kilo’s Peers, or of a second mesh, with the key that is kept here',
  details: [
    'The private key is the one that "adit cluster peer apply" or "adit cluster request" has made, or that of a file.',
    'The profile remembers where it comes from: "adit cluster sync PROFILE" keeps it in step.',
    'A second mesh is of the lines that the nodes print after "adit cluster manifest --every-node": each node with its own Pods,',
    'Services on one of them; with --single, one node for all.',
  ],
  options: {
    as: { kind: 'value', placeholder: 'PROFILE', summary: 'The name of the profile' },
    peer: { kind: 'value', placeholder: 'NAME', summary: 'The Peer object whose profile it is' },
    'private-key': { kind: 'value', placeholder: 'FILE', summary: 'The private key of that Peer' },
    ...serviceOptions,
    accept: conflictOptions.accept,
    names: { kind: 'flag', summary: 'Ask the cluster’s name server for its names, and nobody else for them' },
    ...secondMeshOptions,
    ...sourceOptions,
    output: outputOption,
  },
  async run(context) {
    const { given, places } = context;
    const output = readOutput(clusterImport, given);
    requireOneKind(given);
    if (has(given, 'keys')) return inForm(output, await secondMeshAnswer(clusterImport, context));
    const name = valueOf(given, 'as');
    if (name === undefined) throw wrongUsage(clusterImport, 'The profile has no name: --as PROFILE.');
    const peer = valueOf(given, 'peer');
    if (peer === undefined) throw wrongUsage(clusterImport, 'Whose profile is missing: --peer NAME.');
    const gateway = readGateway(clusterImport, given);
    const words = listOf(given, 'service-cidr');
    const options = readClusterOptions(clusterImport, given);
    const keyFile = valueOf(given, 'private-key');
    const privateKey = keyFile === undefined ? null : await readKeyFile(keyFile);
    const source = await chooseSource(clusterImport, context);
    const isRemembered = await isRepeatable(source);
    const wanted = words.includes('auto') || has(given, 'names') ? meshAndServices : meshOnly;
    const cluster = clusterOf(await readFrom(source, context, wanted), options);
    const serviceCidrs = chosenServiceCidrs(words, cluster);
    const names = has(given, 'names') ? requireNames(cluster, serviceCidrs) : null;
    const { profile, publicKey, content } = await importKiloPeer(
      clusterPlaces(places),
      name,
      cluster,
      { peer, serviceCidrs, gateway },
      names,
      // What was piped in is gone.
      isRemembered
        ? {
            source,
            serviceCidrs: words,
            gateway,
            granularity: options.granularity ?? null,
            topologyLabel: options.topologyLabel ?? null,
          }
        : null,
      privateKey,
      listOf(given, 'accept'),
    );
    return inForm(output, {
      json: {
        profile: profile.name,
        interface: profile.interface,
        peer,
        publicKey,
        addresses: content.addresses.map(formatInterfaceAddress),
        serviceCidrs: serviceCidrs.map(formatPrefix),
        gateway: content.gateway,
        dns: { servers: names?.servers ?? [], domains: names?.domains ?? [] },
        peers: content.peers.map(({ name: of, publicKey: key }) => ({ name: of, publicKey: key })),
        remembered: isRemembered,
        warnings: cluster.warnings,
      },
      text: `${profile.name}: imported, with ${content.peers.length} ${content.peers.length === 1 ? 'peer' : 'peers'}.\nBring it up with: adit up ${JSON.stringify(profile.name)}`,
    });
  },
};

/** What is said of the one kind of profiles must not be passed over with the other. @throws FaultError `wrong-usage` */
function requireOneKind(given: Given): void {
  const isMesh = has(given, 'keys');
  const others = isMesh ? ['peer', 'private-key'] : Object.keys(secondMeshOptions);
  const stray = others.find((option) => has(given, option));
  if (stray === undefined) return;
  throw wrongUsage(
    clusterImport,
    isMesh
      ? `--${stray} is for one of Kilo’s Peers, and does not go with --keys.`
      : `--${stray} is for a second mesh: --keys goes with it.`,
  );
}
