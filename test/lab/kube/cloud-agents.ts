import type { Host } from '../host.ts';
import type { Cloud, CloudName } from '../scenarios/cloud.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { masqueradeRule } from '../scenarios/kube-node.ts';
import type { KubeCluster } from './cluster.ts';
import { KiloAgents, laptops } from './kilo-agents.ts';
import type { PeerObject } from './kilo-agents.ts';

/** Kilo's agents on the nodes of four clouds, each a location of its own. The mesh between them stands; they let the Peers of the API in. */
export async function startCloudAgents(
  cluster: KubeCluster,
  { nodes, clouds }: FourClouds,
): Promise<KiloAgents<CloudName>> {
  for (const { name } of clouds) {
    // Without it a Service answers where its pod runs on the node that was asked, and nowhere else.
    const rule = masqueradeRule(laptops).split(' ');
    await nodes[name].run(['nft', 'add', 'rule', 'ip', 'kube-proxy', 'visitors', ...rule]);
  }
  return KiloAgents.start(
    cluster,
    clouds.map((cloud) => ({
      name: cloud.name,
      notes: notesOf(cloud),
      podCidr: cloud.podCidr,
      follow: lettingIn(nodes[cloud.name]),
    })),
  );
}

function notesOf({ name, publicAddress, internalAddress, kiloAddress, kiloKeys }: Cloud) {
  return {
    endpoint: `${publicAddress}:51820`,
    'internal-ip': `${internalAddress}/32`,
    key: kiloKeys.publicKey,
    'wireguard-ip': `${kiloAddress}/16`,
    granularity: 'location',
    location: name,
  };
}

/** Lets Peers in at kilo0. @see kilo pkg/mesh/mesh.go applyTopology */
function lettingIn(node: Host): (told: { readonly peers: readonly PeerObject[] }) => Promise<void> {
  let known: readonly string[] = [];
  return async ({ peers }) => {
    const wanted = peers.map(({ spec: { publicKey, allowedIPs, endpoint } }) =>
      [
        publicKey,
        allowedIPs.join(','),
        ...(endpoint === undefined ? [] : [`${endpoint.dnsOrIP.ip}:${endpoint.port}`]),
      ].join(' '),
    );
    if (wanted.join() === known.join()) return;
    for (const line of known.filter((other) => !wanted.includes(other))) {
      const [key = '', prefixes = ''] = line.split(' ');
      await node.run(['wg', 'set', 'kilo0', 'peer', key, 'remove']);
      for (const prefix of prefixes.split(',')) await node.ip(`route del ${prefix} dev kilo0`);
    }
    for (const line of wanted.filter((other) => !known.includes(other))) {
      const [key = '', prefixes = '', endpoint] = line.split(' ');
      const dialled = endpoint === undefined ? [] : ['endpoint', endpoint];
      await node.run(['wg', 'set', 'kilo0', 'peer', key, 'allowed-ips', prefixes, ...dialled]);
      for (const prefix of prefixes.split(',')) await node.ip(`route replace ${prefix} dev kilo0`);
    }
    known = wanted;
  };
}
