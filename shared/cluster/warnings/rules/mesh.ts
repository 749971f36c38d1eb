import { formatAddress } from '../../../network/address.ts';
import {
  contains,
  formatInterfaceAddress,
  formatPrefix,
  networkOf,
  parsePrefix,
  samePrefix,
} from '../../../network/prefix.ts';
import type { Prefix } from '../../../network/prefix.ts';
import { createPrefixTable } from '../../../network/prefix-table.ts';
import { isDialledFromEverywhere } from '../../kilo/groups.ts';
import type { KiloMesh, MeshGroup } from '../../kilo/mesh.ts';
import type { KiloNode } from '../../kilo/node.ts';
import { unreadinessOf, unreadinessWords } from '../../kilo/readiness.ts';
import { meshSubnet } from '../../kilo/subnet.ts';
import type { ClusterNode } from '../../objects/node.ts';
import { addressOf, formatMeshEndpoint } from '../../values/endpoint.ts';
import { clusterWarning } from '../catalogue.ts';
import type { Report } from '../catalogue.ts';

/** Says what Kilo has of nodes that somebody could trip over. @param now Unix seconds */
export function checkKiloNodes(nodes: readonly KiloNode[], now: number, report: Report): void {
  const subnet = meshSubnet(nodes);
  const byAddress = new Map<string, string>();
  for (const node of nodes) {
    const subject = `node/${node.name}`;
    const unreadiness = unreadinessOf(node, now);
    if (unreadiness !== null)
      report(clusterWarning('node-not-ready', subject, unreadinessWords(unreadiness)));
    if (node.wireguardIp === null) continue;
    const own = networkOf(node.wireguardIp);
    if (!samePrefix(own, subnet))
      report(clusterWarning('subnet-mixed', subject, formatPrefix(own), formatPrefix(subnet)));
    const address = formatAddress(node.wireguardIp.address);
    const other = byAddress.get(address);
    if (other === undefined) byAddress.set(address, node.name);
    else report(clusterWarning('wireguard-ip-shared', subject, address, other));
  }
}

/**
 * Nodes without a location share one. That is right where all of them stand in one network, and wrong where others have locations, or
 * where several are dialled from everywhere.
 */
function checkLocations({ granularity, groups }: KiloMesh, report: Report): void {
  if (granularity === 'full') return;
  const ready = groups.flatMap(({ nodes }) => nodes);
  const without = ready.filter(({ location, internalIp }) => location === '' && internalIp !== null);
  const areApart =
    ready.some(({ location }) => location !== '') || without.filter(isDialledFromEverywhere).length > 1;
  if (areApart) for (const node of without) report(clusterWarning('location-missing', `node/${node.name}`));
}

/** Says what of a mesh somebody could trip over. @param nodes as Kubernetes knows them, by name */
export function checkMesh(mesh: KiloMesh, nodes: ReadonlyMap<string, ClusterNode>, report: Report): void {
  checkLocations(mesh, report);
  for (const group of mesh.groups) checkEndpoint(group, nodes, report);
  checkCaptured(mesh, report);
  checkKeys(mesh, report);
  for (const { group, cidr, reason } of mesh.droppedLocationIps) {
    const text = formatInterfaceAddress(cidr);
    const node = group.nodes.find(({ allowedLocationIps }) =>
      allowedLocationIps.some((own) => formatInterfaceAddress(own) === text),
    );
    report(clusterWarning('location-ip-dropped', `node/${(node ?? group.leader).name}`, text, reason));
  }
  for (const key of mesh.disputedKeys) report(clusterWarning('endpoint-disputed', 'cluster', key));
}

/** What Kilo takes for public, and is reached from nowhere but the host itself, its link or its provider: loopback, link-local, RFC 6598. */
const nearby: readonly Prefix[] = [
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '0.0.0.0/8',
  '::/127',
  'fe80::/10',
  'fc00::/7',
].flatMap((text) => parsePrefix(text) ?? []);

function checkEndpoint(
  { leader, endpoint }: MeshGroup,
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): void {
  if (endpoint.kind === 'name') return;
  const isNearby = nearby.some((prefix) => contains(prefix, endpoint.address));
  if (!isNearby && isDialledFromEverywhere({ ...leader, endpoint })) return;
  const external = nodes.get(leader.name)?.externalIp ?? null;
  const text = formatMeshEndpoint(endpoint);
  report(clusterWarning('endpoint-private', `node/${leader.name}`, text, external, endpoint.port));
}

function checkCaptured({ groups }: KiloMesh, report: Report): void {
  const carried = createPrefixTable<Prefix>();
  for (const { allowedIps, locationIps } of groups) {
    for (const cidr of [...allowedIps, ...locationIps]) {
      const prefix = networkOf(cidr);
      carried.give(prefix, prefix);
    }
  }
  for (const { leader, endpoint } of groups) {
    const address = addressOf(endpoint);
    const found = address === null ? null : carried.longestFor(address);
    if (found !== null) {
      const [text, cidr] = [formatMeshEndpoint(endpoint), formatPrefix(found.owner)];
      report(clusterWarning('endpoint-captured', `node/${leader.name}`, text, cidr));
    }
  }
}

function checkKeys({ groups, peers }: KiloMesh, report: Report): void {
  const owners = new Map<string, string>();
  const ends = [
    ...groups.flatMap(({ nodes }) => nodes.map(({ name, key }) => [`node/${name}`, key] as const)),
    ...peers.map(({ name, publicKey }) => [`peer/${name}`, publicKey] as const),
  ];
  for (const [subject, key] of ends) {
    const other = owners.get(key);
    if (other === undefined) owners.set(key, subject);
    else report(clusterWarning('key-shared', subject, other));
  }
}
