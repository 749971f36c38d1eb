import type { Inspection } from '../../../shared/cluster/inspection.ts';
import type { ClusterNetwork } from '../../../shared/cluster/networks/network.ts';
import { table } from './table.ts';

const networkWords: Readonly<Record<ClusterNetwork, string>> = {
  kilo: 'Kilo',
  flannel: 'flannel with WireGuard',
  calico: 'Calico with WireGuard',
  cilium: 'Cilium with WireGuard',
  none: 'no WireGuard',
};

/** A cluster in words: its network and ranges, its nodes, its peers, and what is to be warned of. */
export function inspectionText(inspection: Inspection): string {
  const { nodes, peers, warnings } = inspection;
  return [
    table(['', ''], facts(inspection)).trimStart(),
    table(
      ['node', 'ready', 'location', 'leader', 'endpoint', 'pods', 'internal', 'mesh'],
      nodes.map((node) => [
        node.name,
        node.ready ? 'yes' : `no: ${node.reason ?? ''}`,
        node.location ?? '',
        node.leader ? 'yes' : '',
        node.endpoint ?? '',
        node.podCidrs.join(', '),
        node.internalIp ?? '',
        node.wireguardIp ?? '',
      ]),
    ),
    ...(peers.length === 0
      ? []
      : [
          table(
            ['peer', 'public key', 'endpoint', 'allowed IPs'],
            peers.map((peer) => [
              peer.name,
              peer.publicKey ?? '',
              peer.endpoint ?? '',
              peer.allowedIps.join(', '),
            ]),
          ),
        ]),
    ...warnings.map(
      ({ code, object, message, hint }) => `warning [${code}] ${object}: ${message}\n    ${hint}`,
    ),
  ].join('\n\n');
}

function facts({ network, granularity, topology, serviceCidrs, mtu, dns, ...rest }: Inspection): string[][] {
  const guess = (isGuessed: boolean): string => (isGuessed ? ' (guessed)' : '');
  return [
    ['network', networkWords[network]],
    ...(granularity === null ? [] : [['granularity', granularity + guess(rest.granularityGuessed)]]),
    ...(topology === null ? [] : [['topology', topology]]),
    ...serviceCidrs.map(({ cidr, source, guessed }) => ['services', `${cidr} by ${source}${guess(guessed)}`]),
    ...(mtu.bytes === null
      ? []
      : [['mtu', `${mtu.bytes}${guess(mtu.guessed)}, of ${mtu.path} between nodes`]]),
    ['names', `${dns.server ?? 'no server known'}, ${dns.domain}${guess(dns.domainGuessed)}`],
  ];
}
