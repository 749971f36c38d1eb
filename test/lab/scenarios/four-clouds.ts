import { natRouter, setUp } from '../host-plan.ts';
import type { Host } from '../host.ts';
import { newKeyPair, newPresharedKey } from '../keys.ts';
import { Lab } from '../lab.ts';
import { startNames } from '../services.ts';
import type { NameServing } from '../services.ts';
import type { Cloud, CloudName } from './cloud.ts';
import { CLOUD_NAMES, DNS_SERVICE, newClouds, WEB_SERVICE, WG_PORT } from './cloud.ts';
import { masqueradeServices, setUpNode } from './cloud-node.ts';
import type { Scenario } from './scenario.ts';
import { inLab } from './scenario.ts';

const LAPTOP_TUNNEL_ADDRESS = '10.0.0.5';

/** Seed 002: a cluster over four clouds, its pods and Services reached from a laptop behind NAT. */
export interface FourClouds extends Scenario {
  readonly clouds: readonly Cloud[];
  readonly nodes: Readonly<Record<CloudName, Host>>;
  readonly pods: Readonly<Record<CloudName, Host>>;
  /** The laptop's router at 192.168.1.1, the LAN's name server too: it knows `intranet.corp` as 192.168.1.20. */
  readonly router: Host;
  /** Puts aws's masquerading of Services in place, as it is at first, or takes it away. */
  masqueradeServices(on: boolean): Promise<void>;
  /** Takes a node off the internet, or brings it back. */
  plugIn(cloud: CloudName, plugged: boolean): Promise<void>;
}

/**
 * Builds the scenario; the laptop has no tunnel. About 1.3 s.
 *
 * @param serve starts the LAN's name server on `router`, and the cluster's on `aws-pod`
 */
export async function openFourClouds(serve: NameServing = startNames): Promise<FourClouds> {
  const lab = await Lab.open('four-clouds');
  return inLab(lab, async () => {
    const [laptop, router, ...cluster] = await lab.hosts(
      'laptop',
      'router',
      ...CLOUD_NAMES,
      ...CLOUD_NAMES.map((name) => `${name}-pod`),
    );
    const nodes = named(cluster.slice(0, CLOUD_NAMES.length));
    const pods = named(cluster.slice(CLOUD_NAMES.length));
    await Promise.all([
      lab.switch('internet', [[router, 'wan'], ...CLOUD_NAMES.map((name) => [nodes[name], 'eth0'] as const)]),
      lab.link(router, 'lan', laptop, 'eth0'),
    ]);
    const clouds = newClouds();
    const client = newKeyPair();
    const presharedKey = newPresharedKey();
    const visitor = { publicKey: client.publicKey, presharedKey, address: LAPTOP_TUNNEL_ADDRESS };
    const domains = Object.fromEntries(clouds.map(({ domain, publicAddress }) => [domain, publicAddress]));
    await Promise.all([
      setUp(laptop, {
        links: { eth0: ['192.168.1.5/24'] },
        ip: ['route add default via 192.168.1.1'],
        names: domains,
        nameServer: '192.168.1.1',
      }),
      setUp(router, natRouter('192.168.1.1/24', '203.0.113.20/24')).then(() =>
        serve(router, { ...domains, 'intranet.corp': '192.168.1.20' }),
      ),
      ...clouds.map((own) => setUpNode(lab, nodes[own.name], pods[own.name], own, clouds, visitor, serve)),
    ]);

    return {
      title: 'Seed 002: a cluster over four clouds',
      lab,
      client: laptop,
      profile: { name: 'clouds', text: profileText(client.privateKey, presharedKey, clouds) },
      reachable: [
        ...clouds.map(({ name, podAddress }) => ({
          what: `the pod on ${name}`,
          url: `http://${podAddress}/`,
          caller: LAPTOP_TUNNEL_ADDRESS,
        })),
        { what: 'a Service, by way of aws', url: `http://${WEB_SERVICE}/`, caller: '10.4.0.1' },
      ],
      places: [
        [laptop, 'the client, 192.168.1.5'],
        [router, 'home router and name server 192.168.1.1, outside 203.0.113.20'],
        ...clouds.map((own) => [nodes[own.name], nodeLine(own)] as const),
        ...clouds.map((own) => [pods[own.name], `a pod, ${own.podAddress}`] as const),
      ],
      clouds,
      nodes,
      pods,
      router,
      masqueradeServices: (on) => masqueradeServices(nodes.aws, on),
      plugIn: async (cloud, plugged) => {
        await nodes[cloud].ip(`link set dev eth0 ${plugged ? 'up' : 'down'}`);
      },
      [Symbol.asyncDispose]: () => lab.close(),
    };
  });
}

function named(hosts: readonly Host[]): Record<CloudName, Host> {
  return Object.fromEntries(CLOUD_NAMES.map((name, index) => [name, hosts[index]])) as Record<
    CloudName,
    Host
  >;
}

function nodeLine(own: Cloud): string {
  const services = own.name === 'aws' ? `; way to the Services ${WEB_SERVICE}:80 and ${DNS_SERVICE}:53` : '';
  return `${own.domain} ${own.publicAddress}, ${own.kiloAddress} on kilo0, ${own.wgAddress} on wg0${services}`;
}

/** The seed's own client file, with real keys, one preshared key on both sides, and wg0's port. */
function profileText(privateKey: string, presharedKey: string, clouds: readonly Cloud[]): string {
  const [aws, azure, gcp, aliyun] = clouds.map((cloud) => ({
    key: `PublicKey = ${cloud.wgKeys.publicKey}`,
    ranges: `AllowedIPs = ${cloud.wgAddress}/32, ${cloud.podCidr}`,
    endpoint: `Endpoint = ${cloud.domain}:${WG_PORT}`,
  }));
  if (aws === undefined || azure === undefined || gcp === undefined || aliyun === undefined) {
    throw new Error('four clouds are four');
  }
  return `[Interface]
Address = ${LAPTOP_TUNNEL_ADDRESS}/32
PrivateKey = ${privateKey}


[Peer]
${aws.key}
PresharedKey = ${presharedKey}
${aws.ranges}, 10.43.0.0/16
${aws.endpoint}

# Aliyun /  / Updated: 2021-02-24 07:57:45.941019829 +0000 UTC / Created: 2021-02-24 07:57:45.941019829 +0000 UTC
[Peer]
${aliyun.key}
${aliyun.ranges}
${aliyun.endpoint}

# GCP /  / Updated: 2021-02-24 07:57:27.3555646 +0000 UTC / Created: 2021-02-24 07:57:27.3555646 +0000 UTC
[Peer]
${gcp.key}
${gcp.ranges}
${gcp.endpoint}


# Azure /  / Updated: 2021-02-24 07:57:00.751653134 +0000 UTC / Created: 2021-02-24 07:43:52.717385042 +0000 UTC
[Peer]
${azure.key}
${azure.ranges}
${azure.endpoint}
`;
}
