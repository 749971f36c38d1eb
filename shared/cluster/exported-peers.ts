import { sectionsText } from '../config/index.ts';
import { FaultError } from '../fault.ts';
import { readKiloPeers } from './objects/kilo-peer.ts';
import type { KiloPeer, RefusedPeer } from './objects/kilo-peer.ts';
import { sortObjects } from './objects/documents.ts';
import { isObject } from './objects/fields.ts';
import type { JsonObject } from './objects/fields.ts';
import { sectionLines } from './profile.ts';
import { parseIp } from './values/cidr.ts';
import { formatMeshEndpoint, isDnsSubdomain } from './values/endpoint.ts';
import { clusterWarning } from './warnings/catalogue.ts';
import type { ClusterWarning, Report } from './warnings/catalogue.ts';

/** A configuration that was made of Peer objects. */
export interface PeersConf {
  /** A [Peer] for each. */
  readonly text: string;
  readonly warnings: readonly ClusterWarning[];
}

/** Whether a text looks like objects of Kilo, as YAML or JSON. A configuration that tells of them in a comment does not. */
export function looksLikePeers(text: string): boolean {
  const beginning = text.slice(0, 100_000);
  if (/^\s*[{[]/.test(beginning)) return beginning.includes('"kilo.squat.ai/');
  return /^[ -]*apiVersion: *["']?kilo\.squat\.ai\//m.test(beginning);
}

/**
 * [Peer] sections of Peer objects, such as `kgctl showconf node NAME --as-peer -o yaml` prints them. What is wrong with what kgctl
 * prints is seen through: a keepalive in nanoseconds, `<nil>` for no address, and a port in the place of a name.
 *
 * @param documents as they were parsed
 * @throws FaultError `cluster-file-foreign`, `kilo-peer-invalid`
 * @see kilo cmd/kgctl/showconf.go translatePeer
 */
export function confOfPeers(documents: readonly unknown[]): PeersConf {
  const warnings: ClusterWarning[] = [];
  const report: Report = (warning) => warnings.push(warning);
  const { kinds, others } = sortObjects(documents);
  const items = kinds.get('peers') ?? [];
  const foreign = [...[...kinds.keys()].filter((kind) => kind !== 'peers'), ...others];
  if (items.length === 0 || foreign.length > 0) throw notPeers(foreign);
  const seen = items.map((item) => (isObject(item) ? seenThrough(item, report) : item));
  const { peers, refused } = readKiloPeers(seen, () => undefined);
  const [first] = refused;
  if (first !== undefined) throw invalid(first, items);
  const taken = peers.filter((peer): peer is KiloPeer & { publicKey: string } => peer.publicKey !== null);
  return {
    text: sectionsText(
      taken.map((peer) =>
        sectionLines({
          ...peer,
          endpoint: peer.endpoint === null ? null : formatMeshEndpoint(peer.endpoint),
        }),
      ),
    ),
    warnings,
  };
}

/** Nanoseconds in a second, in which kgctl prints a keepalive. */
const nanoseconds = 1_000_000_000;

/** The object as it was before kgctl printed it. */
function seenThrough(item: JsonObject, report: Report): JsonObject {
  const { spec, metadata } = item;
  if (!isObject(spec)) return item;
  const name = isObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const keepalive = spec['persistentKeepalive'];
  const seconds = typeof keepalive === 'number' && keepalive >= nanoseconds ? keepalive / nanoseconds : null;
  const { endpoint, ...rest } = spec;
  const seen = seenEndpoint(endpoint);
  if (seen === 'lost') report(clusterWarning('peer-endpoint-lost', `peer/${name}`));
  return {
    ...item,
    spec: {
      ...rest,
      ...(seconds === null ? {} : { persistentKeepalive: Math.round(seconds) }),
      ...(seen === 'none' || seen === 'lost' ? {} : { endpoint: seen }),
    },
  };
}

/** `lost` where there was a name, of which kgctl prints the port; `none` where there was nothing. */
function seenEndpoint(endpoint: unknown): unknown {
  if (!isObject(endpoint) || !isObject(endpoint['dnsOrIP'])) return endpoint;
  const { port, dnsOrIP } = endpoint;
  const { dns, ip } = dnsOrIP;
  const isPortOnly = typeof dns === 'string' && dns === String(port);
  if (ip !== '<nil>' && !isPortOnly) return endpoint;
  const host = { ...(isPortOnly ? {} : { dns }), ...(ip === '<nil>' ? {} : { ip }) };
  if (isHostWritten(host)) return { ...endpoint, dnsOrIP: host };
  return isPortOnly ? 'lost' : 'none';
}

function isHostWritten({ dns, ip }: { readonly dns?: unknown; readonly ip?: unknown }): boolean {
  return [dns, ip].some((text) => text !== undefined && text !== null && text !== '');
}

function notPeers(foreign: readonly string[]): FaultError {
  const others = foreign.slice(0, 5).join(', ');
  return new FaultError({
    code: 'cluster-file-foreign',
    message:
      others === ''
        ? 'There is no Peer of Kilo’s in it.'
        : `It holds other objects of a cluster than Peers: ${others}.`,
    hint: 'A profile is made of a whole cluster by "adit cluster import --from FILE --peer NAME --as PROFILE"; here just Peers are taken, as kgctl prints them.',
  });
}

/** With the Peer as it should be written, where that is known. */
function invalid(refused: RefusedPeer, items: readonly unknown[]): FaultError {
  const { message, hint } = clusterWarning('peer-invalid', `peer/${refused.name}`, refused);
  const fixed = items.flatMap((item) => mendedEndpoint(item, refused.name))[0];
  return new FaultError({
    code: 'kilo-peer-invalid',
    message,
    hint: fixed === undefined ? hint : `In its spec, write: endpoint: ${fixed}`,
  });
}

/** The endpoint of a Peer with what stands beside `dnsOrIP` put into it, as JSON, which YAML takes. */
function mendedEndpoint(item: unknown, name: string): string[] {
  const metadata = isObject(item) ? item['metadata'] : null;
  const spec = isObject(item) ? item['spec'] : null;
  const endpoint = isObject(spec) ? spec['endpoint'] : null;
  if (!isObject(metadata) || metadata['name'] !== name || !isObject(endpoint)) return [];
  const { dns, ip, port } = endpoint;
  const read = typeof dns === 'string' ? { dns } : typeof ip === 'string' ? { ip } : null;
  const text = read === null ? '' : (Object.values(read)[0] ?? '');
  const isHost = isDnsSubdomain(text) || parseIp(text) !== null;
  if (endpoint['dnsOrIP'] !== undefined || read === null || !isHost || typeof port !== 'number') return [];
  return [JSON.stringify({ dnsOrIP: read, port })];
}
