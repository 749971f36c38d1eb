import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpGet } from '../measure.ts';
import { signalProcess } from '../namespaces.ts';
import { AditClient } from '../product/client.ts';
import { Running } from '../running.ts';
import type { Exit } from '../running.ts';
import { DNS_SERVICE, WEB_SERVICE } from '../scenarios/kube-node.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ApiFront } from './api-front.ts';
import { KubeCluster } from './cluster.ts';
import type { KiloAgents } from './kilo-agents.ts';
import { defineKilo, peersPath } from './kilo.ts';
import { kubePrograms } from './programs.ts';

const programs = await kubePrograms();

/** Why no API server can be started here, as the end of a test's title; empty where one can. */
export const whyNot = typeof programs === 'string' ? ` [skipped: ${programs}]` : '';

/** Milliseconds for something that a sync finds at its next look, a second later. */
export const soon = { timeout: 60_000, interval: 200 };

/** A network with a cluster in it, a real API server that tells of it, Kilo's agents on its nodes, and a laptop with Adit. */
export interface ClusterStage<S extends Scenario, Name extends string> {
  readonly scenario: S;
  readonly cluster: KubeCluster;
  readonly agents: KiloAgents<Name>;
  readonly adit: AditClient;
  /** Where the kubeconfig leads: before the API server stands something that may fail. */
  readonly front: ApiFront;
  /** Options of commands that ask the API server. */
  readonly source: readonly string[];
}

/** Builds a stage, and does something on it. */
export async function onStage<S extends Scenario, Name extends string>(
  open: () => Promise<S>,
  startAgents: (cluster: KubeCluster, scenario: S) => Promise<KiloAgents<Name>>,
  work: (stage: ClusterStage<S, Name>) => Promise<void>,
): Promise<void> {
  if (typeof programs === 'string') throw new Error(programs);
  await using scenario = await open();
  await using cluster = await KubeCluster.start(programs);
  await defineKilo(cluster);
  await makeServices(cluster);
  await using agents = await startAgents(cluster, scenario);
  await using front = await ApiFront.start(cluster);
  await scenario.client.settled();
  await using adit = await AditClient.start(scenario.client, scenario.lab.folder);
  const path = join(cluster.folder, 'kubeconfig');
  await writeFile(path, front.kubeconfig, { mode: 0o600 });
  await work({ scenario, cluster, agents, adit, front, source: ['--kubeconfig', path] });
}

/** Starts `adit cluster connect`, which looks every second and leaves nothing behind, and waits until it has connected. */
export async function startConnect({
  adit,
  source,
}: Pick<ClusterStage<Scenario, string>, 'adit' | 'source'>): Promise<Running> {
  const words = ['cluster', 'connect', ...source, '--as', 'work', '--name', 'laptop'];
  const connect = new Running('connect', adit.argv(...words, '--rm', '--every=1', '--json'), undefined, {
    env: adit.environment,
  });
  try {
    await connect.line(/"state":"connected"/, 60_000);
    return connect;
  } catch (error) {
    await connect.stop();
    throw error;
  }
}

/** Ends a program as Ctrl-C does, and gives how it ended. */
export function interrupted({ pid, exited }: Running): Promise<Exit> {
  if (pid === null) throw new Error('it has ended');
  signalProcess(pid, 'SIGINT');
  return exited;
}

/** The Peers that there are in the cluster, and the profiles on the laptop. */
export async function peersAndProfiles({
  cluster,
  adit,
}: Pick<ClusterStage<Scenario, string>, 'cluster' | 'adit'>): Promise<{
  readonly peers: readonly unknown[];
  readonly profiles: readonly unknown[];
}> {
  const { value } = await cluster.ask('GET', peersPath);
  const { items: peers } = value as { items: unknown[] };
  const { profiles } = (await adit.done('list')) as { profiles: unknown[] };
  return { peers, profiles };
}

/** Which of these nodes' Pods answer, in their order. */
export async function podsThatAnswerOf<Name extends string>(
  { client }: Scenario,
  nodes: readonly { readonly name: Name; readonly podAddress: string }[],
): Promise<Name[]> {
  const answers = await Promise.all(
    nodes.map(({ name, podAddress }) =>
      httpGet(client, `http://${podAddress}/`).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return answers.flat();
}

/** What CoreDNS and the controller of ServiceCIDRs make. */
async function makeServices(cluster: KubeCluster): Promise<void> {
  const services = '/api/v1/namespaces';
  const ports = [{ name: 'dns', port: 53, protocol: 'UDP' }];
  await cluster.there(`${services}/kube-system`);
  await cluster.there(`${services}/default`);
  await cluster.write('POST', `${services}/kube-system/services`, {
    metadata: { name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
    spec: { clusterIP: DNS_SERVICE, ports },
  });
  await cluster.write('POST', `${services}/default/services`, {
    metadata: { name: 'web' },
    spec: { clusterIP: WEB_SERVICE, ports: [{ port: 80 }] },
  });
  const range = '/apis/networking.k8s.io/v1/servicecidrs/kubernetes';
  await cluster.there(range);
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Lab',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  await cluster.write('PATCH', `${range}/status`, { status: { conditions: [ready] } });
}
