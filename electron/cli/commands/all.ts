import type { Command } from '../command.ts';

/** A command of which only the name is known until it is wanted: each is loaded with what it needs, and no other. */
export interface KnownCommand {
  readonly name: string;
  readonly load: () => Promise<Command>;
}

/** Every command, in the order in which the help shows them. */
export const commands: readonly KnownCommand[] = [
  { name: 'new', load: async () => (await import('./new.ts')).newProfile },
  { name: 'import', load: async () => (await import('./import.ts')).importFiles },
  { name: 'list', load: async () => (await import('./list.ts')).list },
  { name: 'show', load: async () => (await import('./show.ts')).show },
  { name: 'export', load: async () => (await import('./export.ts')).exportProfiles },
  { name: 'set', load: async () => (await import('./set.ts')).set },
  { name: 'rename', load: async () => (await import('./rename.ts')).rename },
  { name: 'remove', load: async () => (await import('./remove.ts')).remove },
  { name: 'check', load: async () => (await import('./check.ts')).check },
  { name: 'format', load: async () => (await import('./format.ts')).format },
  { name: 'up', load: async () => (await import('./up.ts')).up },
  { name: 'down', load: async () => (await import('./down.ts')).down },
  { name: 'status', load: async () => (await import('./status.ts')).status },
  { name: 'unblock', load: async () => (await import('./unblock.ts')).unblock },
  { name: 'plan', load: async () => (await import('./plan.ts')).plan },
  { name: 'explain', load: async () => (await import('./explain.ts')).explain },
  { name: 'diagnose', load: async () => (await import('./diagnose.ts')).diagnose },
  { name: 'allowed-ips', load: async () => (await import('./allowed-ips.ts')).allowedIps },
  { name: 'cluster inspect', load: async () => (await import('./cluster/inspect.ts')).clusterInspect },
  { name: 'cluster profile', load: async () => (await import('./cluster/profile.ts')).clusterProfile },
  { name: 'cluster import', load: async () => (await import('./cluster/import.ts')).clusterImport },
  { name: 'cluster connect', load: async () => (await import('./cluster/connect.ts')).clusterConnect },
  { name: 'cluster sync', load: async () => (await import('./cluster/sync.ts')).clusterSync },
  { name: 'cluster gateway', load: async () => (await import('./cluster/gateway.ts')).clusterGateway },
  { name: 'cluster overlaps', load: async () => (await import('./cluster/overlaps.ts')).clusterOverlaps },
  { name: 'cluster graph', load: async () => (await import('./cluster/graph.ts')).clusterGraph },
  {
    name: 'cluster peer apply',
    load: async () => (await import('./cluster/peer/apply.ts')).clusterPeerApply,
  },
  {
    name: 'cluster peer remove',
    load: async () => (await import('./cluster/peer/remove.ts')).clusterPeerRemove,
  },
  { name: 'cluster peer list', load: async () => (await import('./cluster/peer/list.ts')).clusterPeerList },
  { name: 'cluster request', load: async () => (await import('./cluster/request.ts')).clusterRequest },
  { name: 'cluster expose', load: async () => (await import('./cluster/expose.ts')).clusterExpose },
  { name: 'cluster manifest', load: async () => (await import('./cluster/manifest.ts')).clusterManifest },
  { name: 'cluster names', load: async () => (await import('./cluster/names.ts')).clusterNames },
  { name: 'serve', load: async () => (await import('./serve.ts')).serve },
  { name: 'helper', load: async () => (await import('./helper.ts')).helper },
  { name: 'recover', load: async () => (await import('./recover.ts')).recover },
];
