import type { Family } from '../network/address.ts';
import type { CommandAt, Place } from './finding.ts';

/** A command, its place, and what it should show. */
export function at(where: Place, command: string, shows: string | null = null): CommandAt {
  return { where, command, shows };
}

/** Whether a host passes packets on at all. */
export function forwardingSetting(where: Place, family: Family): CommandAt {
  const setting = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  return at(where, `sysctl ${setting}`, `has to be 1: sysctl -w ${setting}=1`);
}

/** What a host's firewall makes of packets that pass through. */
export function forwardChain(where: Place, family: Family): CommandAt[] {
  const tables = family === 4 ? 'iptables' : 'ip6tables';
  return [
    at(where, `${tables} -vnL FORWARD`, 'policy DROP needs an ACCEPT for the tunnel, both ways'),
    at(where, "nft list ruleset | grep -A9 'hook forward'", 'the same, without iptables'),
  ];
}

/** Whether a host puts its own address on what comes out of the tunnel. */
export function masquerading(where: Place, family: Family, source: string): CommandAt[] {
  const tables = family === 4 ? 'iptables' : 'ip6tables';
  return [
    at(where, `${tables} -t nat -vnL POSTROUTING`, `MASQUERADE for ${source}`),
    at(where, 'nft list ruleset | grep masquerade', 'the same, without iptables'),
  ];
}

/** Whether a node masquerades what comes to a Service from outside the cluster, by whoever makes Services there. */
export function serviceMasquerading(address: string, family: Family): CommandAt[] {
  return [
    at(
      'gateway',
      `${family === 4 ? 'iptables' : 'ip6tables'}-save -t nat | grep KUBE-MARK-MASQ | grep -F '${address}/'`,
      'with kube-proxy: ! -s and the range of all Pods; nothing where it does not masquerade',
    ),
    at(
      'gateway',
      'kubectl -n kube-system get configmap kube-proxy -o yaml | grep -e clusterCIDR -e masqueradeAll',
      'one of them is set (--cluster-cidr, --masquerade-all; k3s: --kube-proxy-arg=masquerade-all)',
    ),
    at(
      'gateway',
      'kubectl -n kube-system get configmap cilium-config -o yaml | grep external-clusterip',
      'bpf-lb-external-clusterip: "true", with Cilium in the place of kube-proxy',
    ),
  ];
}

/** What a peer sends where. */
export function allowedIps(where: Place, shows: string): CommandAt {
  return at(where, 'wg show all allowed-ips', shows);
}

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
