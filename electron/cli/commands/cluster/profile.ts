import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { chosenServiceCidrs } from '../../../../shared/cluster/chosen-service-cidrs.ts';
import { kiloProfile, profileText } from '../../../../shared/cluster/profile.ts';
import type { WarningCode } from '../../../../shared/cluster/warnings/catalogue.ts';
import { formatInterfaceAddress, formatPrefix } from '../../../../shared/network/prefix.ts';
import {
  meshAndServices,
  meshOnly,
  inForm,
  outputOption,
  readGateway,
  readClusterOptions,
  readOutput,
  serviceOptions,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import { listOf, valueOf } from '../../command.ts';
import type { Command, Given } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';

/** What a profile is built on that nobody is sure of. */
const guesses: ReadonlySet<WarningCode> = new Set(['clock-from-nodes', 'granularity-guessed']);

/** `adit cluster profile --peer NAME` */
export const clusterProfile: Command = {
  name: 'cluster profile',
  operands: `${sourceOperands} --peer NAME`,
  arity: { least: 0, most: Infinity },
  summary: 'Print the profile of one of Kilo’s Peers',
  details: [
    'Its peers are those of "kgctl showconf peer NAME". Kilo gives nobody the Services: with --service-cidr they are reached',
    'through a node of your choice. The profile has no private key; it is in nobody’s list.',
  ],
  options: {
    peer: { kind: 'value', placeholder: 'NAME', summary: 'The Peer object whose profile it is' },
    ...serviceOptions,
    ...sourceOptions,
    output: outputOption,
  },
  async run(context) {
    const { given } = context;
    const peer = valueOf(given, 'peer');
    if (peer === undefined) throw wrongUsage(clusterProfile, 'Whose profile is missing: --peer NAME.');
    const gateway = readGateway(clusterProfile, given);
    const output = readOutput(clusterProfile, given);
    const options = readClusterOptions(clusterProfile, given);
    const cluster = clusterOf(
      await readSource(clusterProfile, context, isAuto(given) ? meshAndServices : meshOnly),
      options,
    );
    const serviceCidrs = chosenServiceCidrs(listOf(given, 'service-cidr'), cluster);
    const profile = kiloProfile(cluster, { peer, serviceCidrs, gateway });
    const text = profileText(profile, peer);
    const json = {
      peer,
      text,
      addresses: profile.addresses.map(formatInterfaceAddress),
      serviceCidrs: serviceCidrs.map(formatPrefix),
      gateway: profile.gateway,
      peers: profile.peers.map((section) => ({
        ...section,
        allowedIps: section.allowedIps.map(formatInterfaceAddress),
      })),
      warnings: cluster.warnings,
    };
    return inForm(output, { json, text, verbatim: true, remarks: remarksOn(cluster, isAuto(given)) });
  },
};

function isAuto(given: Given): boolean {
  return listOf(given, 'service-cidr').includes('auto');
}

/** What is guessed is said; of the rest there may be thousands. */
function remarksOn({ warnings }: Cluster, isServiceGuessed: boolean): string[] {
  const shown = warnings.filter(
    ({ code }) => guesses.has(code) || (isServiceGuessed && code === 'service-cidr-guessed'),
  );
  const others = warnings.length - shown.length;
  return [
    ...shown.map(({ message, hint }) => `${message} ${hint}`),
    ...(others === 0
      ? []
      : [`"adit cluster inspect" has ${others} more ${others === 1 ? 'warning' : 'warnings'}.`]),
  ];
}
