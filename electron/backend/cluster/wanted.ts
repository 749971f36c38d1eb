import type { Wanted } from './api/read-cluster.ts';

/** What a mesh of Kilo's is made out of. */
export const meshOnly: Wanted = { kinds: ['nodes', 'peers'], required: ['nodes', 'peers'] };

/** A mesh, and whatever tells of the addresses of Services. */
export const meshAndServices: Wanted = {
  kinds: ['nodes', 'peers', 'services', 'configMaps', 'serviceCidrs', 'pods'],
  required: ['nodes', 'peers'],
};

/** What a second mesh is made out of: nodes, and where their Pods are. */
export const nodesOnly: Wanted = { kinds: ['nodes', 'pods', 'ciliumNodes'], required: ['nodes'] };

/** Everything that tells of nodes and ranges. */
export const nodesAndRanges: Wanted = {
  kinds: ['nodes', 'peers', 'services', 'configMaps', 'serviceCidrs', 'pods', 'ciliumNodes'],
  required: ['nodes'],
};
