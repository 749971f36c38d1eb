import { clusterOf } from '../../../../../shared/cluster/cluster.ts';
import { readCluster } from '../../../../backend/cluster/api/read-cluster.ts';
import { OwnKeys } from '../../../../backend/cluster/own-keys.ts';
import { applyPeer } from '../../../../backend/cluster/peers/apply.ts';
import type { AppliedPeer } from '../../../../backend/cluster/peers/apply.ts';
import {
  apiOperands,
  apiOptions,
  inForm,
  meshAndServices,
  outputOption,
  readOutput,
} from '../../../cluster-source.ts';
import type { Command } from '../../../command.ts';
import { peerOptions, readPeerWish } from '../../../peer-options.ts';

/** `adit cluster peer apply` */
export const clusterPeerApply: Command = {
  name: 'cluster peer apply',
  operands: apiOperands,
  arity: { least: 0, most: 0 },
  summary: 'Make this laptop’s Peer in a Kilo cluster, or change it',
  details: [
    'Its private key is made here and never leaves: "adit cluster import --peer NAME --as PROFILE" makes a profile with it.',
    'The address is free of Peers, Pods, Services, nodes and your other tunnels; of two laptops that take one at the same',
    'time, the later takes the next. Said again, it changes what is said and leaves the rest. Nobody else’s Peer is touched.',
    'It takes the role adit-joiner ("adit cluster manifest --rbac"); without it there is "adit cluster request".',
  ],
  options: { ...peerOptions, ...apiOptions, output: outputOption },
  async run(context) {
    const { given, places } = context;
    const output = readOutput(clusterPeerApply, given);
    const wish = await readPeerWish(given, places.home);
    const { chooseApi, withClusterApi } = await import('../../../cluster-api.ts');
    const applied = await withClusterApi(context, await chooseApi(context), async (client) => {
      const cluster = clusterOf(await readCluster(client, meshAndServices));
      return applyPeer(client, cluster, wish, new OwnKeys(places.home));
    });
    return inForm(output, { json: applied, text: textOf(applied) });
  },
};

const words: Readonly<Record<AppliedPeer['outcome'], string>> = {
  created: 'is made',
  changed: 'is changed',
  unchanged: 'is there already, as it should be',
};

function textOf({ name, publicKey, addresses, outcome }: AppliedPeer): string {
  return [
    `The Peer ${name} ${words[outcome]}: ${addresses.join(', ')}, public key ${publicKey}`,
    `Its profile: adit cluster import --peer ${name} --as ${name}`,
  ].join('\n');
}
