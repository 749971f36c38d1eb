import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host.ts';
import type { Cloud, CloudName } from '../scenarios/cloud.ts';
import type { KubeCluster } from './cluster.ts';
import { peersPath } from './kilo.ts';

/** The range that a laptop's Peer has its address from. */
const laptops = '10.5.0.0/16';

interface PeerObject {
  readonly spec: {
    readonly publicKey: string;
    readonly allowedIPs: readonly string[];
    readonly endpoint?: { readonly dnsOrIP: { readonly ip: string }; readonly port: number };
  };
}

/** How long a time is written down for; seconds before now. */
type Age = number;

/**
 * What Kilo's `kg` does on the nodes of four clouds, as far as a laptop sees it: it writes the node's place in the mesh into its Node object,
 * checks in, and lets the Peers of the API in at kilo0.
 */
export class KiloAgents implements AsyncDisposable {
  readonly #cluster: KubeCluster;
  readonly #nodes: Readonly<Record<CloudName, Host>>;
  readonly #clouds: readonly Cloud[];
  readonly #ages = new Map<string, Age>();
  readonly #known = new Map<string, readonly string[]>();
  readonly #end = new AbortController();
  #work: Promise<void> = Promise.resolve();

  private constructor(
    cluster: KubeCluster,
    nodes: Readonly<Record<CloudName, Host>>,
    clouds: readonly Cloud[],
  ) {
    this.#cluster = cluster;
    this.#nodes = nodes;
    this.#clouds = clouds;
  }

  /** Starts them, on every node that there is. */
  static async start(
    cluster: KubeCluster,
    nodes: Readonly<Record<CloudName, Host>>,
    clouds: readonly Cloud[],
  ): Promise<KiloAgents> {
    const agents = new KiloAgents(cluster, nodes, clouds);
    for (const cloud of clouds) {
      await cluster.write('POST', '/api/v1/nodes', nodeObject(cloud));
      // Without it a Service answers where its pod runs on the node that was asked, and nowhere else.
      await nodes[cloud.name].run([
        'nft',
        'add',
        'rule',
        'ip',
        'kube-proxy',
        'visitors',
        'ip',
        'saddr',
        laptops,
        'ct',
        'status',
        'dnat',
        'masquerade',
      ]);
    }
    agents.#work = agents.#run();
    return agents;
  }

  /** From now on, a node has checked in so many seconds ago, again and again; 0 is at work. */
  async age(cloud: CloudName, age: Age): Promise<void> {
    this.#ages.set(cloud, age);
    await this.#checkIn(cloud);
  }

  /** Takes a node out of the cluster. */
  async remove(cloud: CloudName): Promise<void> {
    this.#ages.set(cloud, Infinity);
    await this.#cluster.write('DELETE', `/api/v1/nodes/${cloud}`);
  }

  /** Takes it in again. */
  async add(cloud: CloudName): Promise<void> {
    const facts = this.#clouds.find(({ name }) => name === cloud);
    if (facts === undefined) throw new RangeError(`no cloud ${cloud}`);
    await this.#cluster.write('POST', '/api/v1/nodes', nodeObject(facts));
    this.#ages.delete(cloud);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      // An API server that is stopped for a test, or ends with it, answers nobody.
      await this.#reconcile().catch(() => undefined);
      await sleep(300, null, { signal }).catch(() => undefined);
    }
  }

  async #reconcile(): Promise<void> {
    const { value } = await this.#cluster.ask('GET', peersPath);
    const { items } = value as { items: readonly PeerObject[] };
    for (const { name } of this.#clouds) {
      if (!this.#ages.has(name)) await this.#checkIn(name);
      await this.#letIn(name, items);
    }
  }

  async #checkIn(cloud: CloudName): Promise<void> {
    const age = this.#ages.get(cloud) ?? 0;
    if (age === Infinity) return;
    const seen = String(Math.floor(Date.now() / 1000) - age);
    await this.#cluster.write('PATCH', `/api/v1/nodes/${cloud}`, {
      metadata: { annotations: { 'kilo.squat.ai/last-seen': seen } },
    });
  }

  /** @see kilo pkg/mesh/mesh.go applyTopology */
  async #letIn(cloud: CloudName, peers: readonly PeerObject[]): Promise<void> {
    const known = this.#known.get(cloud) ?? [];
    const wanted = peers.map(({ spec: { publicKey, allowedIPs, endpoint } }) =>
      [
        publicKey,
        allowedIPs.join(','),
        ...(endpoint === undefined ? [] : [`${endpoint.dnsOrIP.ip}:${endpoint.port}`]),
      ].join(' '),
    );
    if (wanted.join() === known.join()) return;
    const node = this.#nodes[cloud];
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
    this.#known.set(cloud, wanted);
  }
}

function nodeObject({
  name,
  publicAddress,
  internalAddress,
  kiloAddress,
  kiloKeys,
  podCidr,
}: Cloud): unknown {
  const notes = {
    endpoint: `${publicAddress}:51820`,
    'internal-ip': `${internalAddress}/32`,
    key: kiloKeys.publicKey,
    'last-seen': String(Math.floor(Date.now() / 1000)),
    'wireguard-ip': `${kiloAddress}/16`,
    granularity: 'location',
    location: name,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: Object.fromEntries(
        Object.entries(notes).map(([key, value]) => [`kilo.squat.ai/${key}`, value]),
      ),
    },
    spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
  };
}
