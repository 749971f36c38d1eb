import type { KiloLocation, LocationNode, LocationNodeName } from '../scenarios/kilo-location.ts';
import type { MeshNode } from '../scenarios/kilo-mesh.ts';
import { annotateNode, KiloAgents } from './kilo-agents.ts';
import type { NodeObject, Told } from './kilo-agents.ts';
import type { KubeCluster } from './cluster.ts';

/** Seconds after which Kilo does not count on a node any more. @see kilo pkg/mesh/backend.go checkInPeriod */
const checkInLimit = 60;

/**
 * Kilo's agents on nodes behind leaders: each makes its node what the API says, by its own clock. m4 is not in the cluster at first. A node
 * that could not check in changes nothing.
 *
 * @see kilo pkg/mesh/mesh.go checkIn, applyTopology
 */
export function startLocationAgents(
  cluster: KubeCluster,
  { nodes, members }: KiloLocation,
): Promise<KiloAgents<LocationNodeName>> {
  const meshIn = (told: Told): MeshNode[] =>
    told.nodes
      .filter((node) => told.now - Number(noteIn(node, 'last-seen')) < checkInLimit)
      .map((node) => asAnnotated(nodes[node.metadata.name as LocationNodeName], node));
  return KiloAgents.start(
    cluster,
    Object.values(nodes).map((own) => ({
      name: own.name,
      notes: notesOf(own),
      podCidr: own.podCidr,
      follow: async (told) => {
        const mesh = meshIn(told);
        const self = mesh.find(({ name }) => name === own.name);
        if (self === undefined) return;
        const visitors = told.peers.map(({ spec }) => ({
          publicKey: spec.publicKey,
          allowedIps: spec.allowedIPs,
        }));
        const address = await members[own.name].follow(self, mesh, visitors);
        const object = told.nodes.find(({ metadata }) => metadata.name === own.name);
        const noted = address === null ? null : `${address}/16`;
        if (object === undefined || (noteIn(object, 'wireguard-ip') ?? null) === noted) return;
        await annotateNode(cluster, own.name, { 'wireguard-ip': noted });
      },
    })),
    ['m4'],
  );
}

/** @see kilo docs/annotations.md */
function notesOf(own: LocationNode): Record<string, string> {
  return {
    endpoint: own.endpoint,
    'internal-ip': `${own.internalAddress}/24`,
    key: own.publicKey,
    granularity: 'location',
    location: own.location,
    ...(own.wantsToLead ? { leader: 'true' } : {}),
    ...(own.near.length === 0 ? {} : { 'allowed-location-ips': own.near.join(',') }),
  };
}

/** A node with what people may have annotated since. */
function asAnnotated(known: LocationNode, node: NodeObject): MeshNode {
  return {
    ...known,
    location: noteIn(node, 'location') ?? '',
    wantsToLead: noteIn(node, 'leader') !== undefined,
    near: noteIn(node, 'allowed-location-ips')?.split(',') ?? [],
  };
}

function noteIn({ metadata }: NodeObject, name: string): string | undefined {
  return metadata.annotations?.[`kilo.squat.ai/${name}`];
}
