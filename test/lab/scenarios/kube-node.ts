import type { HostPlan } from '../host-plan.ts';

/** The network of a node's Pods, of which there is one. */
export interface PodNetwork {
  /** The range of its Pods. */
  readonly podCidr: string;
  /** Its kube-bridge, the Pods' gateway. */
  readonly bridgeAddress: string;
  /** Its one Pod. */
  readonly podAddress: string;
}

/** The Service on port 80 that a Pod somewhere in the cluster is behind. */
export const WEB_SERVICE = '10.43.0.80';
/** The cluster's name server. */
export const DNS_SERVICE = '10.43.0.10';

/** The names that the cluster's name server knows. */
export const clusterNames: Readonly<Record<string, string>> = {
  'web.default.svc.cluster.local': WEB_SERVICE,
  'kube-dns.kube-system.svc.cluster.local': DNS_SERVICE,
};

/** The lines of `ip` that make a node's bridge, with the link to its Pod in it. */
export function bridgeLines({ bridgeAddress }: PodNetwork, link: string): string[] {
  return [
    'link add name kube-bridge mtu 1420 type bridge forward_delay 0',
    `address add ${bridgeAddress}/24 dev kube-bridge`,
    'link set dev kube-bridge up',
    `link set dev ${link} master kube-bridge`,
    // As kubelet does: a pod may be its own Service, and bridge netfilter keeps such a packet on the bridge.
    `link set dev ${link} type bridge_slave hairpin on`,
  ];
}

/** What a Pod is, whose link is `eth0`. */
export function podPlan({ podAddress, bridgeAddress }: PodNetwork): HostPlan {
  return {
    links: { eth0: [`${podAddress}/24`] },
    ip: [`route add default via ${bridgeAddress}`],
    nameServer: DNS_SERVICE,
  };
}

/** The rule without which a Service works only where its Pod runs on the node that was asked. @param visitors the range of those who ask from outside */
export function masqueradeRule(visitors: string): string {
  return `ip saddr ${visitors} ct status dnat masquerade`;
}

/**
 * A node's kube-proxy: every node has one, so that any of them may be the way to the Services.
 *
 * @param pods the addresses of the Pods behind the Services
 * @param visitors the range of those who ask from outside
 */
export function servicesFirewall(
  { podCidr }: PodNetwork,
  pods: { readonly web: string; readonly dns: string },
  visitors: string,
): string {
  const services = `
          ip daddr ${WEB_SERVICE} tcp dport 80 dnat to ${pods.web}:80
          ip daddr ${DNS_SERVICE} meta l4proto { tcp, udp } th dport 53 dnat to ${pods.dns}:53`;
  return `
      table ip kube-proxy {
        chain prerouting {
          type nat hook prerouting priority dstnat;${services}
        }
        chain output {
          type nat hook output priority -100;${services}
        }
        chain hairpin {
          type nat hook postrouting priority srcnat;
          ip saddr ${podCidr} oifname "kube-bridge" ct status dnat masquerade
        }
        chain visitors {
          type nat hook postrouting priority srcnat;
          ${masqueradeRule(visitors)}
        }
      }`;
}
