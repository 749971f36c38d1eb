import { allowedIpTexts, readKiloPeers } from '../../../../../shared/cluster/objects/kilo-peer.ts';
import { itemsOf } from '../../../../../shared/cluster/readings.ts';
import { formatMeshEndpoint } from '../../../../../shared/cluster/values/endpoint.ts';
import type { ClusterWarning } from '../../../../../shared/cluster/warnings/catalogue.ts';
import { printable } from '../../../../backend/cluster/exec/plugin.ts';
import { OwnKeys } from '../../../../backend/cluster/own-keys.ts';
import {
  asYaml,
  outputOption,
  readOutput,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../../cluster-source.ts';
import { withoutPeers } from '../../../../backend/cluster/peers/objects.ts';
import type { Command } from '../../../command.ts';
import { table } from '../../../text/table.ts';

/** `adit cluster peer list` */
export const clusterPeerList: Command = {
  name: 'cluster peer list',
  operands: sourceOperands,
  arity: { least: 0, most: Infinity },
  summary: 'Show the Peers of a Kilo cluster, and which of them are this laptop’s',
  details: ['A Peer is ours where its private key is kept here. No preshared key is shown.'],
  options: { ...sourceOptions, output: outputOption },
  async run(context) {
    const output = readOutput(clusterPeerList, context.given);
    const readings = await readSource(clusterPeerList, context, { kinds: ['peers'], required: ['peers'] });
    if (readings.kinds.peers.kind === 'absent') throw withoutPeers();
    const warnings: ClusterWarning[] = [];
    const found = readKiloPeers(itemsOf(readings, 'peers'), (warning) => warnings.push(warning));
    const own = new Set(await new OwnKeys(context.places.home).among(found.peers));
    const peers = found.peers.map((peer) => ({
      name: peer.name,
      publicKey: peer.publicKey,
      addresses: allowedIpTexts(peer),
      endpoint: peer.endpoint === null ? null : formatMeshEndpoint(peer.endpoint),
      isOurs: own.has(peer),
    }));
    const json = { peers, warnings };
    const remarks = warnings.map(({ message, hint }) => `${message} ${hint}`);
    if (output === 'yaml') return { json, text: await asYaml(json), verbatim: true, remarks };
    const rows = peers.map(({ name, publicKey, addresses, endpoint, isOurs }) => [
      printable(name),
      isOurs ? 'yes' : '',
      addresses.join(', '),
      endpoint ?? '',
      publicKey ?? '',
    ]);
    const text =
      rows.length === 0
        ? 'The cluster has no Peers.'
        : table(['NAME', 'OURS', 'ADDRESSES', 'ENDPOINT', 'PUBLIC KEY'], rows);
    return { json, text, remarks };
  },
};
