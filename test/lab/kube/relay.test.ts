import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import type { KeyPair } from '../keys.ts';
import { callerSeenBy } from '../measure.ts';
import { startWeb } from '../services.ts';
import { showPeers, raiseBySetconf } from '../wireguard.ts';
import { describeInLab } from '../testing.ts';
import { inCluster, podsThatAnswer, soon, whyNot } from './kilo-stage.ts';
import type { Stage } from './kilo-stage.ts';
import { peersPath } from './kilo.ts';

const all = ['aws', 'azure', 'gcp', 'aliyun'];

const echoServer = join(import.meta.dirname, '..', 'inside', 'echo-server.ts');

/** The relay on the internet, and in the network of the laptops behind it. */
const relayAddress = '203.0.113.10';
const relayPlace = '10.200.200.2/24';
const laptopPlace = '10.200.200.7';

/** What `adit cluster manifest --relay --json` prints, as far as the relay has to do it. */
interface Plan {
  readonly routes: readonly string[];
  readonly steps: readonly { readonly nft: readonly string[] }[];
}

/** A host beside the nodes on the internet that passes nothing on by itself, as Docker's hosts do. */
async function addRelay({ scenario: { lab } }: Stage): Promise<Host> {
  const [relay] = await lab.hosts('relay');
  await lab.plug({ name: 'internet' }, [[relay, 'em1']]);
  await setUp(relay, {
    links: { em1: [`${relayAddress}/24`] },
    firewall:
      'add table ip filter\nadd chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }',
  });
  return relay;
}

/** What a command of adit prints, as it is piped into another program. */
async function printed({ adit }: Stage, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await adit.run(...words);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return stdout;
}

/** Makes the objects of a YAML in the API server, which takes no field that it does not know. */
async function applyStrictly({ cluster }: Stage, yaml: string): Promise<void> {
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as { readonly kind: string };
    const path = new Map([
      ['Peer', peersPath],
      ['Service', '/api/v1/namespaces/default/services'],
      ['EndpointSlice', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'],
    ]).get(object.kind);
    if (path === undefined) throw new Error(`no path for ${object.kind}`);
    await cluster.write('POST', `${path}?fieldValidation=Strict`, object);
  }
}

describeInLab('a relay of a Kilo cluster with a real API server', () => {
  test.skipIf(whyNot !== '')(
    `brings a laptop to every Pod by the three parts that are printed, and masquerades nothing${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async (stage) => {
        const { scenario, adit, source } = stage;
        const keys: Readonly<Record<'relay' | 'laptop', KeyPair>> = {
          relay: newKeyPair(),
          laptop: newKeyPair(),
        };
        const words = [
          ...['cluster', 'manifest', '--relay', '--key', keys.relay.publicKey, '--address', relayPlace],
          ...['--endpoint', `${relayAddress}:51820`],
          ...['--laptop-key', keys.laptop.publicKey, '--laptop-address', laptopPlace, ...source],
        ];
        const relay = await addRelay(stage);
        await applyStrictly(stage, await printed(stage, ...words, '--for', 'cluster'));

        const sections = await printed(stage, ...words, '--for', 'relay');
        const { routes, steps } = (await adit.done(...words)) as Plan;
        await raiseBySetconf(relay, {
          link: 'wg0',
          conf: `[Interface]\nListenPort = 51820\nPrivateKey = ${keys.relay.privateKey}\n\n${sections}`,
          addresses: [relayPlace],
        });
        await relay.shell(routes.join('\n'));

        const conf = join(adit.home, 'cloud.conf');
        const key = join(adit.home, 'laptop.key');
        await writeFile(conf, await printed(stage, ...words, '--for', 'laptop'));
        await writeFile(key, keys.laptop.privateKey);
        await adit.done('import', conf, '--private-key', key, '--address', `${laptopPlace}/32`);
        await adit.done('up', 'cloud', '--wait=30');
        // The relay is dialled, and has not been told yet to pass anything on.
        expect(await podsThatAnswer(scenario)).toEqual([]);
        await relay.shell(steps.flatMap(({ nft }) => nft).join('\n'));
        await expect.poll(() => podsThatAnswer(scenario), soon).toEqual(all);

        for (const { podAddress } of scenario.clouds)
          expect(await callerSeenBy(scenario.client, `http://${podAddress}/`)).toBe(laptopPlace);
        // The laptop has one peer, and the nodes know of none but the relay.
        expect((await adit.status('cloud')).peers.map(({ publicKey }) => publicKey)).toEqual([
          keys.relay.publicKey,
        ]);
        const known = await showPeers(scenario.nodes.gcp, 'kilo0');
        expect(known.find(({ allowedIps }) => allowedIps.includes('10.200.200.0/24'))?.publicKey).toBe(
          keys.relay.publicKey,
        );
        expect(known.map(({ publicKey }) => publicKey)).not.toContain(keys.laptop.publicKey);

        // The other way: what a Pod asks of the laptop comes from the Pod.
        await startWeb(scenario.client);
        for (const { name, podAddress } of scenario.clouds)
          expect(await callerSeenBy(scenario.pods[name], `http://${laptopPlace}/`)).toBe(podAddress);
        await adit.done('down', 'cloud');
      });
    },
  );
});

interface ServiceObject {
  readonly spec: {
    readonly clusterIP: string;
    readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  };
}

interface SliceObject {
  readonly endpoints: readonly {
    readonly addresses: readonly string[];
    readonly conditions: { readonly ready: boolean };
  }[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/**
 * What kube-proxy does on a node for one Service: it takes the slices that name it by their label, and of those what is ready. There is no
 * kube-proxy in the lab, but its rules for the lab's own Services are in the same chain.
 *
 * @returns the address that the API server has given the Service
 */
async function proxyService({ cluster }: Stage, node: Host, service: string): Promise<string> {
  const found = await cluster.ask('GET', `/api/v1/namespaces/default/services/${service}`);
  const { clusterIP, ports } = (found.value as ServiceObject).spec;
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const slices = await cluster.ask(
    'GET',
    `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=${selector}`,
  );
  const rules = (slices.value as { items: readonly SliceObject[] }).items.flatMap((slice) =>
    ports.flatMap(({ name, port, protocol }) => {
      const target = slice.ports.find((other) => other.name === name);
      const [address] = slice.endpoints.flatMap(({ addresses, conditions }) =>
        conditions.ready ? addresses : [],
      );
      if (target === undefined || address === undefined) return [];
      const match = `ip daddr ${clusterIP} ${protocol.toLowerCase()} dport ${port}`;
      return [`add rule ip kube-proxy prerouting ${match} dnat to ${address}:${target.port}`];
    }),
  );
  expect(rules).toHaveLength(1);
  await node.run(['nft', '-f', '-'], { input: `${rules.join('\n')}\n` });
  return clusterIP;
}

describeInLab('a port of a laptop that is exposed in a Kilo cluster', () => {
  test.skipIf(whyNot !== '')(
    `is reached by a Pod under the Service’s address, by the objects that are printed${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async (stage) => {
        const { scenario, adit, source } = stage;
        const { client, nodes, pods, clouds } = scenario;
        await adit.done('cluster', 'peer', 'apply', ...source, '--name', 'laptop');
        await adit.done('cluster', 'import', ...source, '--as', 'work', '--peer', 'laptop');
        await adit.done('up', 'work', '--wait=30');
        await expect.poll(() => podsThatAnswer(scenario), soon).toEqual(all);

        const words = ['cluster', 'expose', '80:8080', '--as', 'my-app', ...source];
        await applyStrictly(stage, await printed(stage, ...words));
        const server = client.start([process.execPath, echoServer, '8080']);
        await server.line(/^listening$/, 10_000);
        const address = await proxyService(stage, nodes.gcp, 'my-app');
        expect(address).toMatch(/^10\.43\./);
        const podOfGcp = clouds.find(({ name }) => name === 'gcp')?.podAddress;
        expect(await callerSeenBy(pods.gcp, `http://${address}/`)).toBe(podOfGcp);
        expect(await callerSeenBy(pods.gcp, 'http://10.5.0.1:8080/')).toBe(podOfGcp);
        await adit.done('down', 'work');
      });
    },
  );
});
