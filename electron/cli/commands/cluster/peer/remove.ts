import { OwnKeys } from '../../../../backend/cluster/own-keys.ts';
import { removePeer } from '../../../../backend/cluster/peers/remove.ts';
import { apiOperands, apiOptions, inForm, outputOption, readOutput } from '../../../cluster-source.ts';
import type { Command } from '../../../command.ts';

/** `adit cluster peer remove [NAME]` */
export const clusterPeerRemove: Command = {
  name: 'cluster peer remove',
  operands: `[NAME] ${apiOperands}`,
  arity: { least: 0, most: 1 },
  summary: 'Take this laptop’s Peer out of a Kilo cluster',
  details: [
    'Without a name it is the one Peer of the cluster whose private key is kept here; somebody else’s is left alone.',
    'The key goes with it, unless a profile has it.',
  ],
  options: { ...apiOptions, output: outputOption },
  async run(context) {
    const output = readOutput(clusterPeerRemove, context.given);
    const { chooseApi, withClusterApi } = await import('../../../cluster-api.ts');
    const keys = new OwnKeys(context.places.home);
    const name = await withClusterApi(context, await chooseApi(context), (client) =>
      removePeer(client, context.given.operands[0] ?? null, keys),
    );
    return inForm(output, { json: { name }, text: `The Peer ${name} is gone.` });
  },
};
