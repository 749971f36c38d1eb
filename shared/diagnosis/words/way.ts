import type { Family } from '../../network/address.ts';
import {
  allowedIps,
  at,
  forwardChain,
  forwardingSetting,
  masquerading,
  serviceMasquerading,
  shellWord,
} from '../commands.ts';
import { findingEntry } from '../finding.ts';

/** The way to an address, as its findings name it. */
export interface NamedWay {
  /** The profile's name. */
  readonly tunnel: string;
  readonly address: string;
  readonly family: Family;
  /** What the peer that carries it is called. */
  readonly peer: string;
  readonly publicKey: string;
  /** The peer's own address in the tunnel; null where it is not known. */
  readonly peerAddress: string | null;
  /** The peer's prefix around the address. */
  readonly prefix: string;
  readonly ownKey: string | null;
  /** The address by which packets leave here. */
  readonly source: string;
}

/** Who can masquerade Services, and who does not. @see kilo pkg/mesh/routes.go Rules; kubernetes pkg/proxy/iptables/proxier.go */
const serviceCure =
  'kube-proxy does so with --cluster-cidr or --masquerade-all, Cilium without kube-proxy with bpf.lbExternalClusterIP=true. Kilo’s own rules (KILO-NAT) do not: after the translation the packet is for a Pod, which they leave alone.';

/** Where on the way to an address packets are lost. */
export const wayEntries = {
  'peer-answers-nothing': findingEntry(
    'error',
    'The handshake succeeds, and yet nothing comes back through the tunnel.',
    ({ peer, ownKey, source, family, address }: NamedWay) => ({
      message: `The handshake with ${peer} is fresh, but nothing that is sent through the tunnel to ${address} comes back, not even from ${peer} itself.`,
      hint: `The likeliest: the AllowedIPs of this machine over there do not hold ${source}, so that its packets are dropped after they were decrypted. Else the address at which this machine is heard lies inside those AllowedIPs, so that the answers go into the tunnel that should carry them (wg-quick and kilo do not keep them out); or a firewall there drops what comes out of the tunnel, and it forwards nothing.`,
      commands: [
        allowedIps('peer', ownKey === null ? source : `${source} behind ${ownKey}`),
        at(
          'peer',
          `wg show all endpoints${ownKey === null ? '' : ` | grep -F '${ownKey}'`}`,
          'then "ip route get" that address: not by the tunnel’s own interface',
        ),
        at('peer', 'iptables -vnL INPUT'),
        forwardingSetting('peer', family),
        ...forwardChain('peer', family),
      ],
    }),
  ),
  'relay-not-forwarding': findingEntry(
    'error',
    'The peer itself answers, and nothing behind it does: it does not forward.',
    ({ address, family, peer, peerAddress }: NamedWay, seen: 'nothing' | 'expired' | 'forbidden') => ({
      message: {
        nothing: `${peer}${inBrackets(peerAddress)} answers, and passes nothing on: neither ${address} nor anybody else behind it is heard of.`,
        expired: `${peer}${inBrackets(peerAddress)} takes packets to ${address} to be passed on, and nobody behind it is heard of: its firewall drops them, or its peers do not hold the address.`,
        forbidden: `${peer}${inBrackets(peerAddress)} refuses to pass packets on to ${address}: its firewall rejects them.`,
      }[seen],
      hint: {
        nothing:
          'Either forwarding is switched off there (ip_forward = 0), or its firewall drops what it would forward (FORWARD): from here both look alike. Look at both.',
        expired:
          'Forwarding is switched on there (ip_forward = 1), for it counts the hops. So look at its firewall (FORWARD) first, then at what it sends to whom.',
        forbidden: 'Accept in its FORWARD chain what comes from the tunnel, and what goes back.',
      }[seen],
      commands: [
        forwardingSetting('relay', family),
        ...forwardChain('relay', family),
        allowedIps('relay', `${address} behind one of the peers`),
        at('relay', `ip route get ${address}`, 'by the interface of the tunnel, or by that of its LAN'),
      ],
    }),
  ),
  'relay-no-route': findingEntry(
    'error',
    'The peer forwards to others, but has no route to the address, or no peer of its own that may have it.',
    ({ address, peer, peerAddress }: NamedWay, says: string | null, others: readonly string[]) => ({
      message:
        says === null
          ? `${peer}${inBrackets(peerAddress)} passes packets on to others (${others.join(', ')} answers), but nobody in the network of ${address} is heard of.`
          : `${says} says that it has no way to ${address}.`,
      hint: `It needs both: ${address} in the AllowedIPs of the peer that leads there, and a route into its tunnel. If both are there, the gateway behind it is down.`,
      commands: [
        allowedIps('relay', `${address} behind the gateway’s key`),
        at('relay', `ip route get ${address}`, 'by the interface of the tunnel'),
        at('relay', 'wg show all latest-handshakes', 'the gateway, not long ago'),
      ],
    }),
  ),
  'gateway-not-forwarding': findingEntry(
    'error',
    'The gateway of the network answers, and nothing behind it does: it does not forward.',
    ({ address, family, source }: NamedWay, gateway: string) => ({
      message: `The gateway ${gateway} answers, but passes nothing on to ${address}.`,
      hint: `Forwarding is switched off there (ip_forward = 0), or its firewall drops it (FORWARD). If both are right: ${address} answers by another way, because the gateway does not masquerade; or it is off.`,
      commands: [
        forwardingSetting('gateway', family),
        ...forwardChain('gateway', family),
        ...masquerading('gateway', family, source),
        at('gateway', `ping -c 3 ${address}`),
      ],
    }),
  ),
  'gateway-no-way-back': findingEntry(
    'error',
    'The gateway passes packets on, and no answer finds its way back: masquerading, or a rule of its firewall, is missing.',
    ({ address, family, source }: NamedWay, gateway: string) => ({
      message: `The gateway ${gateway} forwards (it counts the hops), but from behind it no answer of ${address} comes back.`,
      hint: `The likeliest: it does not masquerade, and ${address} sends its answers to ${source} to its own router. Else its firewall drops what it forwards (FORWARD), or ${address} is off or drops pings.`,
      commands: [
        ...masquerading('gateway', family, source),
        ...forwardChain('gateway', family),
        at(
          'gateway',
          `tcpdump -ni any host ${address}`,
          `requests that leave with ${source} have no way back`,
        ),
        at('target', `ip route get ${source}`, 'by the gateway'),
      ],
    }),
  ),
  'service-no-way-back': findingEntry(
    'error',
    'A Service of a cluster takes the connection, and no answer comes back: the node does not masquerade it.',
    ({ address, family, peer, source }: NamedWay, port: number, by: string | null) => ({
      message: `${peer} takes connections to ${address} on port ${port}, and no answer comes back, while ${by ?? 'it'} says of other packets that there is no way to the address.`,
      hint: `${address} looks like a Service: the node hands the connection to a pod on another node, where packets from ${source} are dropped, because only nodes and pods may come that way. The node has to masquerade what it hands on. ${serviceCure}`,
      commands: [
        ...serviceMasquerading(address, family),
        ...masquerading('gateway', family, `${source} (for Services: ct status dnat)`),
        at(
          'gateway',
          `iptables -t nat -I POSTROUTING -s ${source} -m conntrack --ctstate DNAT -j MASQUERADE`,
        ),
        at('gateway', `conntrack -L -d ${address}`, '[UNREPLIED]'),
      ],
    }),
  ),
  'service-times-out': findingEntry(
    'error',
    'Pods answer, and a Service of the cluster does not take the connection: most likely its node does not masquerade.',
    ({ address, family, peer, source }: NamedWay, port: number, pod: string) => ({
      message: `${address} does not take connections on port ${port}, by way of ${peer}, while ${pod} behind the same tunnel answers: so the tunnel is in order, and Services are not.`,
      hint: `If the Service and its port are there and have a Pod that is ready, the node that hands the connection on to a Pod on another node does not masquerade it, so that the answer takes another way than through that node. ${serviceCure}`,
      commands: [
        at(
          'gateway',
          `kubectl get services -A -o wide | grep -F '${address}'`,
          `the port ${port}/TCP; its EndpointSlice has an address`,
        ),
        ...serviceMasquerading(address, family),
        ...masquerading('gateway', family, `${source} (for Services: ct status dnat)`),
        at('gateway', `conntrack -L -d ${address}`, 'SYN_SENT or [UNREPLIED]'),
      ],
    }),
  ),
  'service-port-unknown': findingEntry(
    'warning',
    'The address looks like a Service of a cluster, and none of the ports that were tried is one of its own.',
    ({ tunnel, address, family, peer, prefix }: NamedWay, ports: readonly number[]) => ({
      message: `${address} looks like a Service of a cluster, by way of ${peer}: such an address answers on its own ports alone, and none of ${ports.join(', ')} is one.`,
      hint: `Name the port. If ${prefix} is no network of Services, ${peer} has no route to it.`,
      commands: [
        at('here', `adit diagnose ${shellWord(tunnel)} ${family === 6 ? `[${address}]` : address}:PORT`),
        at('gateway', `kubectl get services -A | grep -F '${address}'`),
      ],
    }),
  ),
  'address-not-there': findingEntry(
    'error',
    'The way leads to the network of the address, and the host before it does not find it there.',
    ({ address }: NamedWay, by: string) => ({
      message: `${by} looks for ${address} in its own network and does not find it: it is off, or has another address.`,
      hint: 'The tunnel is not the matter.',
      commands: [at('gateway', `ping -c 3 ${address}`), at('gateway', `ip neighbour show ${address}`)],
    }),
  ),
  'address-silent': findingEntry(
    'error',
    'Others behind the tunnel answer, and the address alone does not: it is off, or its firewall drops what was asked.',
    ({ tunnel, address, family }: NamedWay, others: readonly string[]) => ({
      message: `${address} does not answer, though its neighbours do (${others.join(', ')}).`,
      hint: 'So the way is there, both ways. It is off, or drops pings and the ports that were tried: name a port that it serves.',
      commands: [
        at('here', `adit diagnose ${shellWord(tunnel)} ${family === 6 ? `[${address}]` : address}:PORT`),
        at('target', 'ip address'),
      ],
    }),
  ),
  'port-refused': findingEntry(
    'error',
    'The address is there, and nothing listens on the port that was named.',
    ({ address }: NamedWay, port: number) => ({
      message: `${address} is there and answers that nothing listens on TCP port ${port}.`,
      hint: 'The tunnel is not the matter. See what listens there.',
      commands: [at('target', `ss -ltnp 'sport = ${port}'`)],
    }),
  ),
  'port-silent': findingEntry(
    'error',
    'The address answers, and the port that was named does not.',
    ({ address, source }: NamedWay, port: number) => ({
      message: `${address} answers, but not on TCP port ${port}.`,
      hint: `A firewall drops it, there or on the way. It has to let ${source} in.`,
      commands: [at('target', 'iptables -vnL INPUT'), ...forwardChain('gateway', 4)],
    }),
  ),
};

function inBrackets(address: string | null): string {
  return address === null ? '' : ` (${address})`;
}
