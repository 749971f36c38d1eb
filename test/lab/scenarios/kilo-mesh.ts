import type { Host } from '../host.ts';

/** A node as the others of a mesh know it. */
export interface MeshNode {
  readonly name: string;
  readonly location: string;
  /** `IP:PORT`. */
  readonly endpoint: string;
  /** In the network of its location. */
  readonly internalAddress: string;
  readonly publicKey: string;
  readonly podCidr: string;
  /** Whether somebody wants it to lead its location. */
  readonly wantsToLead: boolean;
  /** Networks near it that are no part of the cluster. */
  readonly near: readonly string[];
}

/** A host that is in the mesh and no node: a Peer. */
export interface MeshVisitor {
  readonly publicKey: string;
  readonly allowedIps: readonly string[];
}

/** The nodes of a location, and their place in the mesh. */
export interface Segment {
  readonly location: string;
  /** By name. */
  readonly nodes: readonly MeshNode[];
  readonly leader: MeshNode;
  readonly address: string;
  readonly near: readonly string[];
}

/** What Kilo makes of one node. */
interface NodeState {
  /** Of kilo0; null for a node behind its location's leader, whose kilo0 is down. */
  readonly address: string | null;
  readonly peers: readonly string[];
  /** What stands behind `ip route replace`. */
  readonly routes: readonly string[];
}

/** By which routes of a node are known to be Kilo's. */
const PROTOCOL = '107';

/** The port of every kilo0. */
export const KILO_PORT = 51820;

/**
 * The locations of a mesh whose granularity is `location`, in the order of their addresses. Written for the lab alone: what Adit makes of
 * the same nodes has to be the same.
 *
 * @see kilo pkg/mesh/topology.go NewTopology, findLeader
 */
export function segmentsOf(nodes: readonly MeshNode[]): Segment[] {
  return Array.from(new Set(nodes.map(({ location }) => location)))
    .sort()
    .map((location, index) => {
      const members = nodes.filter((node) => node.location === location).sort(byName);
      const wanting = members.filter(({ wantsToLead }) => wantsToLead);
      const leader = wanting.find(isPublic) ?? wanting[0] ?? members.find(isPublic) ?? members[0];
      if (leader === undefined) throw new RangeError(`nobody is in ${location}`);
      const near = [...new Set(members.flatMap((node) => node.near))];
      return { location, nodes: members, leader, address: `10.4.0.${index + 1}`, near };
    });
}

/** What goes into the tunnel to a location, as `kgctl showconf peer` has it. */
export function rangesOf({ nodes, address, near }: Segment): string[] {
  return [...nodes.flatMap((node) => [node.podCidr, `${node.internalAddress}/32`]), `${address}/32`, ...near];
}

function byName(a: MeshNode, b: MeshNode): number {
  return a.name < b.name ? -1 : 1;
}

function isPublic({ endpoint }: MeshNode): boolean {
  return !/^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(endpoint);
}

function hostOf({ endpoint }: MeshNode): string {
  return endpoint.split(':')[0] ?? '';
}

/** @param link of the node in the network of its location @see kilo pkg/mesh/routes.go Routes */
function stateOf(
  own: MeshNode,
  link: string,
  nodes: readonly MeshNode[],
  visitors: readonly MeshVisitor[],
): NodeState {
  const segments = segmentsOf(nodes);
  const home = segments.find(({ location }) => location === own.location);
  if (home === undefined) throw new RangeError(`${own.name} is not in the mesh`);
  const others = segments.filter((segment) => segment !== home);
  const near = home.nodes
    .filter(({ name }) => name !== own.name)
    .map(({ podCidr, internalAddress }) => `${podCidr} via ${internalAddress} dev ${link} onlink`);
  const visiting = visitors.flatMap(({ allowedIps }) => allowedIps);
  if (home.leader.name !== own.name) {
    const far = [...others.flatMap(rangesOf), `${home.address}/32`, ...visiting];
    const way = `via ${home.leader.internalAddress} dev ${link} onlink`;
    return { address: null, peers: [], routes: [...near, ...far.map((range) => `${range} ${way}`)] };
  }
  const routes = others.flatMap((segment) => {
    const dialled = hostOf(segment.leader);
    const ranges = segment.nodes.flatMap(({ podCidr, internalAddress }) => [
      podCidr,
      // A node that is dialled at its own address of the location is not reached through the tunnel that is dialled there.
      ...(internalAddress === dialled ? [] : [`${internalAddress}/32`]),
    ]);
    return [...ranges, ...segment.near].map((range) => `${range} via ${segment.address} dev kilo0 onlink`);
  });
  return {
    address: home.address,
    peers: [
      ...others.map((segment) =>
        peerText(segment.leader.publicKey, rangesOf(segment), segment.leader.endpoint),
      ),
      ...visitors.map(({ publicKey, allowedIps }) => peerText(publicKey, allowedIps, null)),
    ],
    routes: [...near, ...routes, ...visiting.map((range) => `${range} dev kilo0`)],
  };
}

function peerText(publicKey: string, ranges: readonly string[], endpoint: string | null): string {
  const lines = ['[Peer]', `PublicKey = ${publicKey}`, `AllowedIPs = ${ranges.join(', ')}`];
  return [...lines, ...(endpoint === null ? [] : [`Endpoint = ${endpoint}`]), ''].join('\n');
}

/** Kilo on one node: it holds the node's kilo0, by wireguard-go, and its routes. */
export class MeshMember {
  readonly #host: Host;
  readonly #link: string;
  readonly #privateKey: string;
  #known = '';

  private constructor(host: Host, link: string, privateKey: string) {
    this.#host = host;
    this.#link = link;
    this.#privateKey = privateKey;
  }

  /** @param link of the node in the network of its location */
  static async start(host: Host, link: string, privateKey: string): Promise<MeshMember> {
    await host.run(['wireguard-go', 'kilo0']);
    return new MeshMember(host, link, privateKey);
  }

  /**
   * Makes the node what Kilo makes of it in a mesh. Sessions go on.
   *
   * @param own the node as the mesh knows it
   * @returns its address in the mesh; null where another leads its location
   */
  async follow(
    own: MeshNode,
    nodes: readonly MeshNode[],
    visitors: readonly MeshVisitor[],
  ): Promise<string | null> {
    const state = stateOf(own, this.#link, nodes, visitors);
    const text = JSON.stringify(state);
    const { address } = state;
    if (text === this.#known) return address;
    const file = '/etc/wireguard/kilo0.conf';
    const head = `[Interface]\nPrivateKey = ${this.#privateKey}\nListenPort = ${KILO_PORT}\n`;
    await this.#host.write(file, [head, ...state.peers].join('\n'), 0o600);
    const link =
      address === null
        ? 'ip address flush dev kilo0; ip link set dev kilo0 down'
        : `ip -brief address show dev kilo0 | grep -q ' ${address}/16' || {
             ip address flush dev kilo0; ip address add ${address}/16 dev kilo0
           }
           ip link set dev kilo0 mtu 1420 up`;
    const wanted = state.routes.map((route) => `route replace ${route} proto ${PROTOCOL}`);
    const kept = state.routes.map((route) => (route.split(' ')[0] ?? '').replace(/\/32$/, ''));
    await this.#host.shell(`
      wg syncconf kilo0 ${file}
      ${link}
      ip -batch - <<'END'\n${wanted.join('\n')}\nEND
      ip route show proto ${PROTOCOL} | while read -r range way; do
        case ' ${kept.join(' ')} ' in *" $range "*) ;; *) ip route del "$range" proto ${PROTOCOL} ;; esac
      done`);
    this.#known = text;
    return address;
  }
}
