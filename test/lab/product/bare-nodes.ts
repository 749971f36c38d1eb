import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Family } from '../../../shared/network/address.ts';
import type { Host } from '../host.ts';
import { setUp } from '../host-plan.ts';
import { Lab } from '../lab.ts';
import { startWeb } from '../services.ts';
import { networkSnapshot } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { AditClient } from './client.ts';

/** What a node of a cluster is, for a list as kubectl saves it. */
export interface NodeFacts {
  readonly name: string;
  readonly podCidrs: readonly string[];
  /** Where it is dialled. */
  readonly publicAddress: string;
}

/** A list of nodes in flannel's WireGuard network, which takes no laptop, and of what tells of Services. */
export function listOf(nodes: readonly NodeFacts[], serviceCidrs = '10.43.0.0/16'): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: nodes.map(({ name, podCidrs, publicAddress }, index) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: {
          'flannel.alpha.coreos.com/backend-type': 'wireguard',
          'flannel.alpha.coreos.com/public-ip': publicAddress,
          ...(index === 0
            ? { 'k3s.io/node-args': JSON.stringify(['server', '--service-cidr', serviceCidrs]) }
            : {}),
        },
      },
      spec: { podCIDR: podCidrs[0], podCIDRs: podCidrs },
      status: {
        addresses: [{ type: 'ExternalIP', address: publicAddress }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })),
  });
}

/** Runs a node's script as "ssh root@NODE sh -s" does. */
export async function runScript(host: Host, script: string, ...words: string[]): Promise<string> {
  return (await host.run(['dash', '-s', '--', ...words], { input: script, timeoutMs: 60_000 })).stdout;
}

/** A file of the client's own. */
export async function fileOf(adit: AditClient, name: string, text: string): Promise<string> {
  const path = join(adit.home, name);
  await writeFile(path, text);
  return path;
}

/** What a host has, once its links say what they will go on to say. */
export async function settledSnapshot(host: Host): Promise<Snapshot> {
  await host.settled();
  await expect
    .poll(async () => (await host.run(['ip', '-o', 'link', 'show', 'up', 'type', 'bridge'])).stdout, {
      timeout: 20_000,
    })
    .not.toContain('state UNKNOWN');
  return networkSnapshot(host);
}

/** A node that has no WireGuard at all, and its Pod. */
export interface BareNode extends NodeFacts {
  readonly host: Host;
  readonly pod: Host;
  /** Of the Pod, one of each family. */
  readonly podAddresses: readonly string[];
  /** Of the node, in the Pod's network: what it masquerades as. */
  readonly ownAddresses: readonly string[];
  /** What the host was before any script. */
  readonly before: Snapshot;
}

/** What bare nodes are to be; one that takes IPv4, has a Pod of IPv4, and no rules, unless told. */
export interface BareNodesPlan {
  readonly names?: readonly string[];
  /** Families of the network between laptop and nodes. */
  readonly outside?: readonly Family[];
  /** Families of the Pods. */
  readonly inside?: readonly Family[];
  /** Tables of nft that the nodes have. */
  readonly firewall?: string;
  /** Lines of a shell that make the nodes what they are, once their links stand. */
  readonly prepare?: readonly string[];
  /** What the script takes for its rules; what it finds unless told. */
  readonly tables?: string;
}

/** A laptop with Adit, and nodes beside it. */
export class BareNodes implements AsyncDisposable {
  readonly client: Host;
  readonly adit: AditClient;
  readonly nodes: readonly BareNode[];
  /** The cluster's list of nodes. */
  readonly list: string;
  readonly #lab: Lab;

  private constructor(lab: Lab, client: Host, adit: AditClient, nodes: readonly BareNode[], list: string) {
    this.#lab = lab;
    this.client = client;
    this.adit = adit;
    this.nodes = nodes;
    this.list = list;
  }

  /** Builds them. */
  static async open(title: string, plan: BareNodesPlan = {}): Promise<BareNodes> {
    const { names = ['bare'], outside = [4], inside = [4], prepare = [], tables, firewall } = plan;
    const lab = await Lab.open(title);
    try {
      const [client, ...hosts] = await lab.hosts(
        'laptop',
        ...names.flatMap((name) => [name, `${name}-pod`] as const),
      );
      const own = names.map((name, index) => {
        const [host, pod] = hosts.slice(2 * index);
        if (host === undefined || pod === undefined) throw new Error(name);
        return { ...factsOf(name, index, outside, inside), host, pod };
      });
      await lab.switch('internet', [[client, 'eth0'], ...own.map(({ host }) => [host, 'eth0'] as const)]);
      await setUp(client, { links: { eth0: addressesOf(outside, ['203.0.113.20/24', '2001:db8::20/64']) } });
      const nodes = await Promise.all(
        own.map(async ({ host, pod, ...facts }): Promise<BareNode> => {
          const { outer, ownAddresses, podAddresses } = facts;
          await lab.link(host, 'cni0', pod, 'eth0', { mtu: 1420 });
          await setUp(host, {
            links: { eth0: outer, cni0: ownAddresses.map(withLength) },
            ...(firewall === undefined ? {} : { firewall }),
          });
          await setUp(pod, {
            links: { eth0: podAddresses.map(withLength) },
            ip: ownAddresses.map((address) => `route add default via ${address}`),
          });
          await host.shell(prepare.join('\n'));
          if (tables !== undefined) await host.write('/etc/adit-node/tables', tables);
          await startWeb(pod);
          return { ...facts, host, pod, before: await settledSnapshot(host) };
        }),
      );
      await client.settled();
      const adit = await AditClient.start(client, lab.folder);
      const services = addressesOf(inside, ['10.43.0.0/16', 'fd00:43::/112']).join(',');
      return new BareNodes(
        lab,
        client,
        adit,
        nodes,
        await fileOf(adit, 'nodes.json', listOf(nodes, services)),
      );
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The first of the nodes. */
  get node(): BareNode {
    const [first] = this.nodes;
    if (first === undefined) throw new Error('no nodes');
    return first;
  }

  /** The script for all nodes. */
  async scriptFor(profile: string, ...words: string[]): Promise<string> {
    const all = ['cluster', 'manifest', '--every-node', '--as', profile, '--nodes', this.list, ...words];
    const { stdout, stderr, code } = await this.adit.run(...all);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  /** Makes the profile of what nodes have printed. */
  async import(profile: string, lines: readonly string[], ...words: string[]): Promise<unknown> {
    const keys = await fileOf(this.adit, 'keys.txt', lines.join(''));
    const all = ['cluster', 'import', '--as', profile, '--keys', keys, '--nodes', this.list];
    return this.adit.done(...all, ...words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.adit[Symbol.asyncDispose]();
    await this.#lab[Symbol.asyncDispose]();
  }
}

/** A URL's host. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function factsOf(name: string, index: number, outside: readonly Family[], inside: readonly Family[]) {
  const [last, net] = [9 + index, 7 + index];
  const outer = addressesOf(outside, [`203.0.113.${last}/24`, `2001:db8::${last}/64`]);
  return {
    name,
    outer,
    publicAddress: outer[0]?.split('/')[0] ?? '',
    podCidrs: addressesOf(inside, [`10.42.${net}.0/24`, `fd00:42:${net}::/64`]),
    ownAddresses: addressesOf(inside, [`10.42.${net}.1`, `fd00:42:${net}::1`]),
    podAddresses: addressesOf(inside, [`10.42.${net}.10`, `fd00:42:${net}::10`]),
  };
}

function addressesOf(families: readonly Family[], [v4, v6]: readonly [string, string]): string[] {
  return families.map((family) => (family === 4 ? v4 : v6));
}

function withLength(address: string): string {
  return address.includes(':') ? `${address}/64` : `${address}/24`;
}
