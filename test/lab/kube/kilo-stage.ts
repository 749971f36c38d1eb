import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpGet } from '../measure.ts';
import { AditClient } from '../product/client.ts';
import { DNS_SERVICE, WEB_SERVICE } from '../scenarios/cloud.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { KubeCluster } from './cluster.ts';
import { KiloAgents } from './kilo-agents.ts';
import { defineKilo } from './kilo.ts';
import { kubePrograms } from './programs.ts';

const programs = await kubePrograms();

/** Why there is no cluster here, for the names of tests; empty where there is one. */
export const whyNot = typeof programs === 'string' ? ` [skipped: ${programs}]` : '';

/** Milliseconds for something that a sync finds at its next look, a second later. */
export const soon = { timeout: 60_000, interval: 200 };

/** A cluster that a laptop is to reach. */
export interface Stage {
  readonly scenario: FourClouds;
  readonly cluster: KubeCluster;
  readonly agents: KiloAgents;
  readonly adit: AditClient;
  /** Options of commands that ask the API server. */
  readonly source: string[];
}

/** Seed 002's clouds, with a real API server that tells of them, and Kilo's agents on the nodes. */
export async function inCluster(work: (stage: Stage) => Promise<void>): Promise<void> {
  if (typeof programs === 'string') throw new Error(programs);
  await using scenario = await openFourClouds();
  await using cluster = await KubeCluster.start(programs);
  await defineKilo(cluster);
  await makeServices(cluster);
  await using agents = await KiloAgents.start(cluster, scenario.nodes, scenario.clouds);
  await scenario.client.settled();
  await using adit = await AditClient.start(scenario.client, scenario.lab.folder);
  const path = join(cluster.folder, 'kubeconfig');
  await writeFile(path, cluster.kubeconfig(), { mode: 0o600 });
  await work({ scenario, cluster, agents, adit, source: ['--kubeconfig', path] });
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

/** Which clouds' pods answer. */
export async function podsThatAnswer({ clouds, client }: FourClouds): Promise<string[]> {
  const answers = await Promise.all(
    clouds.map(({ name, podAddress }) =>
      httpGet(client, `http://${podAddress}/`).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return answers.flat();
}
