import type { Host } from '../host.ts';
import { setUp } from '../host-plan.ts';
import type { Lab } from '../lab.ts';
import { startWeb } from '../services.ts';
import type { NameServing } from '../services.ts';
import { raiseByQuick, raiseBySetconf } from '../wireguard.ts';
import type { Cloud } from './cloud.ts';
import { WG_PORT } from './cloud.ts';
import { bridgeLines, clusterNames, masqueradeRule, podPlan, servicesFirewall } from './kube-node.ts';

/** What a node's wg0 lets in besides the other nodes. */
export interface Visitor {
  readonly publicKey: string;
  /** With aws alone, as in the seed. */
  readonly presharedKey: string;
  readonly address: string;
}

/** Those who ask for Services through wg0. */
const VISITORS = '10.0.0.0/24';

/**
 * A node of the cluster and its pod: kube-bridge, kilo0 to the other nodes as Kilo makes it, Services as kube-proxy
 * makes them, and wg0 from the file wg-gen-web wrote, brought up by wg-quick.
 */
export async function setUpNode(
  lab: Lab,
  node: Host,
  pod: Host,
  own: Cloud,
  clouds: readonly Cloud[],
  visitor: Visitor,
  serve: NameServing,
): Promise<void> {
  const others = clouds.filter(({ name }) => name !== own.name);
  await lab.link(node, 'veth0', pod, 'eth0', { mtu: 1420 });
  const web = clouds.find(({ name }) => name === 'azure')?.podAddress ?? '';
  const dns = clouds.find(({ name }) => name === 'aws')?.podAddress ?? '';
  await Promise.all([
    setUp(node, {
      links: { eth0: [`${own.publicAddress}/24`, `${own.internalAddress}/32`], veth0: [] },
      ip: bridgeLines(own, 'veth0'),
      forwards: true,
      names: Object.fromEntries(clouds.map(({ domain, publicAddress }) => [domain, publicAddress])),
      firewall: servicesFirewall(own, { web, dns }, VISITORS),
    }),
    setUp(pod, podPlan(own)),
  ]);
  await Promise.all([
    raiseBySetconf(node, {
      link: 'kilo0',
      conf: kiloText(own, others),
      addresses: [`${own.kiloAddress}/16`],
      ip: others.flatMap(({ podCidr, internalAddress, kiloAddress }) => [
        `route add ${podCidr} via ${kiloAddress} dev kilo0 onlink`,
        `route add ${internalAddress}/32 via ${kiloAddress} dev kilo0 onlink`,
      ]),
    }),
    node
      .write('/etc/wireguard/wg0.nft', wgFirewall(), 0o600)
      .then(() => raiseByQuick(node, 'wg0', nodeText(own, others, visitor))),
    startWeb(pod),
    own.podAddress === dns ? serve(pod, clusterNames) : null,
  ]);
}

/** Puts the masquerading of Services on a node in place, or takes it away. */
export async function masqueradeServices(node: Host, on: boolean): Promise<void> {
  const add = on ? `add rule ip kube-proxy visitors ${masqueradeRule(VISITORS)}\n` : '';
  await node.run(['nft', '-f', '-'], { input: `flush chain ip kube-proxy visitors\n${add}` });
}

/** The seed's PostUp line, `iptables -I FORWARD -i wg0 -j ACCEPT; ...`, as nftables has it. */
function wgFirewall(): string {
  return `
table ip wg0 {
  chain FORWARD {
    type filter hook forward priority filter; policy accept;
    iifname "wg0" accept
    oifname "wg0" accept
  }
  chain INPUT {
    type filter hook input priority filter; policy accept;
    iifname "wg0" accept
  }
  chain POSTROUTING {
    type nat hook postrouting priority srcnat;
    oifname "eth0" masquerade
  }
}
`;
}

/** As Kilo writes it (pkg/wireguard/conf.go Bytes): the public key comes last. */
function kiloText(own: Cloud, others: readonly Cloud[]): string {
  const peers = others.map(
    (peer) => `
[Peer]
AllowedIPs = ${peer.podCidr}, ${peer.internalAddress}/32, ${peer.kiloAddress}/32
Endpoint = ${peer.publicAddress}:51820
PersistentKeepalive = 0
PublicKey = ${peer.kiloKeys.publicKey}
`,
  );
  return `[Interface]
PrivateKey = ${own.kiloKeys.privateKey}
ListenPort = 51820
${peers.join('')}`;
}

/** The node's wg0.conf as in the seed, but on a port that is free where Kilo runs. */
function nodeText(own: Cloud, others: readonly Cloud[], visitor: Visitor): string {
  const peers = others.map(
    (peer) => `
# ${peer.label} /  / Updated: 2021-02-24 07:57:27.3555646 +0000 UTC / Created: 2021-02-24 07:57:27.3555646 +0000 UTC
[Peer]
PublicKey = ${peer.wgKeys.publicKey}
AllowedIPs = ${peer.wgAddress}/32
Endpoint = ${peer.domain}:${WG_PORT}
`,
  );
  const preshared = own.name === 'aws' ? `PresharedKey = ${visitor.presharedKey}\n` : '';
  return `# Updated: 2021-03-01 05:52:20.355083356 +0000 UTC / Created: 2021-02-24 07:43:52.717385042 +0000 UTC
[Interface]
Address = ${own.wgAddress}/32
ListenPort = ${WG_PORT}
PrivateKey = ${own.wgKeys.privateKey}

PostUp = nft -f /etc/wireguard/wg0.nft
PostDown = nft delete table ip wg0
${peers.join('')}
# macOS /  / Updated: 2021-03-01 05:52:20.355083356 +0000 UTC / Created: 2021-03-01 05:52:20.355083356 +0000 UTC
[Peer]
PublicKey = ${visitor.publicKey}
${preshared}AllowedIPs = ${visitor.address}/32
`;
}
