import type { KeyText } from '../../tunnel/status.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { sameMeshEndpoint } from '../values/endpoint.ts';
import type { NodeGroup } from './groups.ts';

/** Where nodes have heard the others of the mesh, by their keys. */
export interface DiscoveredEndpoints {
  readonly endpoints: ReadonlyMap<KeyText, MeshEndpoint>;
  /** Keys that nodes have heard at several endpoints. */
  readonly disputed: readonly KeyText[];
}

/**
 * Puts together what the nodes have heard. Of several endpoints for one key the first counts, in the order of groups and nodes; Kilo
 * begins with a node by chance, so that its own answer varies there.
 */
export function discoveredEndpoints(groups: readonly NodeGroup[]): DiscoveredEndpoints {
  const endpoints = new Map<KeyText, MeshEndpoint>();
  const disputed = new Set<KeyText>();
  for (const { nodes } of groups) {
    for (const node of nodes) {
      for (const [key, endpoint] of node.discoveredEndpoints) {
        if (endpoint === null) continue;
        const known = endpoints.get(key);
        if (known === undefined) endpoints.set(key, endpoint);
        else if (!sameMeshEndpoint(known, endpoint)) disputed.add(key);
      }
    }
  }
  return { endpoints, disputed: [...disputed] };
}
