import { readFileSync } from 'node:fs';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { killSwitchOf } from '../../../shared/network/plan/kill-switch.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { resolverNumbers } from '../system/resolver-user.ts';
import type { HeldResource } from './record.ts';

/**
 * What was held for some tunnels, for when the record of it is lost: all that they need, which names itself ours by its tables, priorities
 * and marks. An interface is taken for ours where something listens on its tunnel's port, too. What a kernel setting was before does not
 * follow from them.
 */
export function holdingsOf(tunnels: readonly PlannedTunnel[]): HeldResource[] {
  const { user } = resolverNumbers();
  const killSwitch = killSwitchOf(tunnels, { resolver: user, lan: [], opening: null });
  const resources = [...(killSwitch === null ? [] : [killSwitch]), ...desiredNetwork(tunnels, user)];
  const indexes = linkIndexes();
  const ports = portsInUse();
  const ours = new Set(
    tunnels.filter(({ listenPort }) => ports.has(listenPort)).map((tunnel) => tunnel.interface),
  );
  return resources.flatMap((resource): HeldResource[] => {
    if (resource.kind !== 'link') return isLostWithLink(resource, ours) ? [] : [{ resource }];
    const index = indexes.get(resource.interface);
    return index === undefined || !ours.has(resource.interface) ? [] : [{ resource, index }];
  });
}

/** Whether something is on an interface that is not ours: it has gone with ours. */
function isLostWithLink(resource: Resource, ours: ReadonlySet<string>): boolean {
  return 'interface' in resource && !ours.has(resource.interface);
}

/** The kernel's numbers of this network's interfaces, of the list of groups of listeners: each that can have IPv4 is in one. @see proc_pid_net(5) */
function linkIndexes(): Map<string, number> {
  const lines = readFileSync('/proc/self/net/igmp', 'latin1').matchAll(/^(\d+)\t(\S+)\s*:/gm);
  return new Map([...lines].map(([, index, name = '']) => [name, Number(index)]));
}

/** The UDP ports that something listens on here. @see proc_pid_net(5), "udp" */
function portsInUse(): Set<number> {
  const tables = ['/proc/self/net/udp', '/proc/self/net/udp6'].map(textOf);
  const ports = tables.flatMap((table) => [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)]);
  return new Set(ports.map(([, port = '']) => parseInt(port, 16)));
}

/** Nothing of what is not there: a kernel without IPv6 has no table of it. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
