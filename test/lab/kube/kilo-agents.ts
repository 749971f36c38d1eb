import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeCluster } from './cluster.ts';
import { peersPath } from './kilo.ts';

/** The range that laptops' Peers have their addresses from. */
export const laptops = '10.5.0.0/16';

/** A node of the API, as far as an agent reads it. */
export interface NodeObject {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** A Peer of the API, as far as an agent reads it. */
export interface PeerObject {
  readonly spec: {
    readonly publicKey: string;
    readonly allowedIPs: readonly string[];
    readonly endpoint?: { readonly dnsOrIP: { readonly ip: string }; readonly port: number };
  };
}

/** What the API told an agent, and when. */
export interface Told {
  readonly nodes: readonly NodeObject[];
  readonly peers: readonly PeerObject[];
  /** Unix seconds. */
  readonly now: number;
}

/** A node with an agent. */
export interface AgentNode<Name extends string> {
  readonly name: Name;
  /** What `kg` writes down of it beside when it checked in, by short names, and its Pod CIDR. */
  readonly notes: Readonly<Record<string, string>>;
  readonly podCidr: string;
  /** Makes the node what the API says. */
  readonly follow: (told: Told) => Promise<void>;
}

/** Annotations of Kilo's by their short names; null takes one away. */
type Notes = Readonly<Record<string, string | null>>;

/**
 * What Kilo's `kg` does on the nodes of a cluster, as far as a laptop sees it: it writes the node's place in the mesh into its Node object,
 * checks in, and makes the node what the API says. One that is not reached by the API leaves its node as it is.
 */
export class KiloAgents<Name extends string> implements AsyncDisposable {
  readonly #cluster: KubeCluster;
  readonly #nodes: readonly AgentNode<Name>[];
  /** The nodes that do not check in by themselves. */
  readonly #quiet = new Set<Name>();
  readonly #end = new AbortController();
  #ahead = 0;
  #work: Promise<void> = Promise.resolve();

  private constructor(cluster: KubeCluster, nodes: readonly AgentNode<Name>[]) {
    this.#cluster = cluster;
    this.#nodes = nodes;
  }

  /** Starts them. @param absent nodes that are in the cluster later */
  static async start<Name extends string>(
    cluster: KubeCluster,
    nodes: readonly AgentNode<Name>[],
    absent: readonly Name[] = [],
  ): Promise<KiloAgents<Name>> {
    const agents = new KiloAgents(cluster, nodes);
    for (const { name } of nodes) {
      if (absent.includes(name)) agents.#quiet.add(name);
      else await agents.add(name);
    }
    agents.#work = agents.#run();
    return agents;
  }

  /** From now on, a node has checked in so many seconds ago, and does not any more; with 0 it does, again and again. */
  async age(name: Name, seconds: number): Promise<void> {
    if (seconds === 0) this.#quiet.delete(name);
    else this.#quiet.add(name);
    await this.#checkIn(name, seconds);
  }

  /** From now on, nodes do not check in any more. */
  silence(...names: readonly Name[]): void {
    for (const name of names) this.#quiet.add(name);
  }

  /** Changes what is written down of a node, as a person does. */
  annotate(name: Name, notes: Notes): Promise<void> {
    return this.#cluster.write('PATCH', `/api/v1/nodes/${name}`, {
      metadata: { annotations: inFull(notes) },
    });
  }

  /** Takes a node out of the cluster. */
  async remove(name: Name): Promise<void> {
    this.#quiet.add(name);
    await this.#cluster.write('DELETE', `/api/v1/nodes/${name}`);
  }

  /** Takes it in, again or for the first time. */
  async add(name: Name): Promise<void> {
    const { notes, podCidr } = this.#named(name);
    await this.#cluster.write('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, annotations: inFull({ ...notes, 'last-seen': String(this.#now) }) },
      spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
    });
    this.#quiet.delete(name);
  }

  /** Puts the clocks of all nodes ahead of the machine's; those that check in have done so when this is over. */
  async setClocksAhead(seconds: number): Promise<void> {
    this.#ahead = seconds;
    for (const { name } of this.#nodes) if (!this.#quiet.has(name)) await this.#checkIn(name, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#work;
  }

  get #now(): number {
    return Math.floor(Date.now() / 1000) + this.#ahead;
  }

  #named(name: Name): AgentNode<Name> {
    const node = this.#nodes.find((other) => other.name === name);
    if (node === undefined) throw new RangeError(`no node ${name}`);
    return node;
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
    for (const { name } of this.#nodes) if (!this.#quiet.has(name)) await this.#checkIn(name, 0);
    const [nodes, peers] = await Promise.all(
      ['/api/v1/nodes', peersPath].map(async (path) => {
        const { value } = await this.#cluster.ask('GET', path);
        return (value as { items: readonly unknown[] }).items;
      }),
    );
    const told = {
      nodes: nodes as readonly NodeObject[],
      peers: peers as readonly PeerObject[],
      now: this.#now,
    };
    await Promise.all(this.#nodes.map(({ follow }) => follow(told)));
  }

  #checkIn(name: Name, seconds: number): Promise<void> {
    return this.annotate(name, { 'last-seen': String(this.#now - seconds) });
  }
}

/** Changes what is written down of a node. */
export function annotateNode(cluster: KubeCluster, name: string, notes: Notes): Promise<void> {
  return cluster.write('PATCH', `/api/v1/nodes/${name}`, { metadata: { annotations: inFull(notes) } });
}

function inFull(notes: Notes): Record<string, string | null> {
  return Object.fromEntries(Object.entries(notes).map(([key, value]) => [`kilo.squat.ai/${key}`, value]));
}
