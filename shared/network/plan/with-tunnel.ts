import { routingTables } from '../host/host-network.ts';
import type { HostNetwork, HostRoute, HostRule } from '../host/host-network.ts';
import { networkOf } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { desiredRouting } from './desired.ts';
import { usableAddresses } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import type { RuleResource } from './resources.ts';

/** The metric of the route that the kernel makes with an address. */
const connectedMetric = { 4: 0, 6: 256 } as const;

/** A host's network without what leads into one interface. */
export function withoutLink(host: HostNetwork, name: string): HostNetwork {
  const routes = host.routes.filter(({ hops }) => !hops.some(({ device }) => device === name));
  return { ...host, routes };
}

/** A host's network with the routes and rules of a tunnel. */
export function withTunnelRoutes(host: HostNetwork, tunnel: PlannedTunnel): HostNetwork {
  const wanted = desiredRouting([tunnel]);
  const routes = wanted.routes.map(({ prefix, table, metric }): HostRoute => ({
    ...routeInto(tunnel, prefix),
    table,
    metric,
  }));
  return {
    ...host,
    routes: [...host.routes, ...routes],
    rules: [...host.rules, ...wanted.rules.map(hostRule)],
  };
}

/** A host's network with the routes that the kernel makes by itself with the addresses of a tunnel. */
export function withTunnelAddresses(host: HostNetwork, tunnel: PlannedTunnel): HostNetwork {
  const routes = usableAddresses(tunnel).map((address) => routeInto(tunnel, networkOf(address)));
  return { ...host, routes: [...host.routes, ...routes] };
}

/** A connected route. */
function routeInto(tunnel: PlannedTunnel, prefix: Prefix): HostRoute {
  return {
    prefix,
    table: routingTables.main,
    kind: 'unicast',
    hops: [{ device: tunnel.interface, gateway: null }],
    metric: connectedMetric[prefix.family],
    source: null,
    only: null,
    isDead: false,
  };
}

function hostRule({ family, priority, exceptMark, action }: RuleResource): HostRule {
  const asked =
    action.kind === 'main'
      ? { table: routingTables.main, suppressed: action.longerThan }
      : { table: action.table, suppressed: null };
  return {
    family,
    priority,
    inverted: true,
    selector: {
      from: null,
      to: null,
      mark: { value: exceptMark, mask: 0xffff_ffff },
      incoming: null,
      outgoing: null,
      users: null,
      protocol: null,
      asksMore: false,
    },
    action: { kind: 'lookup', ...asked, suppressedGroup: null },
  };
}
