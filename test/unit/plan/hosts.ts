import { routingTables } from '../../../shared/network/host/host-network.ts';
import type {
  HostLink,
  HostNetwork,
  HostRoute,
  HostRule,
  NextHop,
  RuleSelector,
} from '../../../shared/network/host/host-network.ts';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import { address, prefix } from './tunnels.ts';

const { main, local } = routingTables;

/** A route of the main table, but for what is given. */
export function route(
  to: string,
  device: string,
  { gateway = null, ...parts }: Partial<HostRoute & NextHop> = {},
): HostRoute {
  return {
    prefix: prefix(to),
    table: main,
    kind: 'unicast',
    hops: [{ device, gateway }],
    metric: 0,
    source: null,
    only: null,
    isDead: false,
    ...parts,
  };
}

/** A route of the main table that lets nothing go. */
export function refusal(
  to: string,
  kind: 'blackhole' | 'unreachable' | 'prohibit' | 'throw',
  parts: Partial<HostRoute> = {},
): HostRoute {
  return { ...route(to, ''), kind, hops: [], ...parts };
}

/** A rule for everything that asks a table. */
export function rule(priority: number, table: number, parts: Partial<HostRule> = {}): HostRule {
  return {
    family: 4,
    priority,
    inverted: false,
    selector: {
      from: null,
      to: null,
      mark: null,
      incoming: null,
      outgoing: null,
      users: null,
      protocol: null,
      asksMore: false,
    },
    action: { kind: 'lookup', table, suppressed: null, suppressedGroup: null },
    ...parts,
  };
}

/** The same rule for some packets only. */
export function selecting(all: HostRule, selector: Partial<RuleSelector>, inverted = false): HostRule {
  return { ...all, inverted, selector: { ...all.selector, ...selector } };
}

/** A link that is up. */
export function link(name: string, kind: string | null, group = 0): HostLink {
  return { name, kind, isUp: true, group };
}

const usualRules = ([4, 6] as const).flatMap((family) => [
  rule(0, local, { family }),
  rule(32_766, main, { family }),
]);

/** A laptop in a home network, with Docker and a virtual machine's bridge, and another VPN's split tunnel. */
export const laptop: HostNetwork = {
  links: [
    link('lo', null),
    link('wlan0', null),
    link('docker0', 'bridge'),
    link('virbr0', 'bridge'),
    link('tun0', 'tun'),
  ],
  routes: [
    route('0.0.0.0/0', 'wlan0', { gateway: address('192.168.1.1'), metric: 600 }),
    route('192.168.1.0/24', 'wlan0', { metric: 600 }),
    route('169.254.0.0/16', 'wlan0', { metric: 1000 }),
    route('172.17.0.0/16', 'docker0'),
    route('192.168.122.0/24', 'virbr0'),
    route('10.99.0.0/16', 'tun0'),
    route('fe80::/64', 'wlan0', { metric: 256 }),
    route('192.168.1.5/32', 'wlan0', { table: local, kind: 'local' }),
    route('127.0.0.0/8', 'lo', { table: local, kind: 'local' }),
  ],
  rules: usualRules,
};

/** A host with tunnels of ours up on it. */
export function withTunnels(host: HostNetwork, tunnels: readonly PlannedTunnel[]): HostNetwork {
  const resources = desiredNetwork(tunnels);
  return {
    links: [...host.links, ...tunnels.map((tunnel) => link(tunnel.interface, 'tun'))],
    routes: [
      ...host.routes,
      ...resources.flatMap((resource) =>
        resource.kind === 'route'
          ? {
              ...route('0.0.0.0/0', resource.interface),
              prefix: resource.prefix,
              table: resource.table,
              metric: resource.metric,
            }
          : [],
      ),
    ],
    rules: [
      ...host.rules,
      ...resources.flatMap((resource) => {
        if (resource.kind !== 'rule') return [];
        const { family, priority, exceptMark, action } = resource;
        const asked = action.kind === 'main' ? main : action.table;
        const base = rule(priority, asked, { family, inverted: true });
        return {
          ...base,
          selector: { ...base.selector, mark: { value: exceptMark, mask: 0xffff_ffff } },
          action: {
            kind: 'lookup' as const,
            table: asked,
            suppressed: action.kind === 'main' ? action.longerThan : null,
            suppressedGroup: null,
          },
        };
      }),
    ],
  };
}
