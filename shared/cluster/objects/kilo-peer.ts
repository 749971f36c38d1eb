import { formatInterfaceAddress } from '../../network/prefix.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { parseCidr, parseIp } from '../values/cidr.ts';
import { isDnsSubdomain, parseMeshEndpoint } from '../values/endpoint.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import { compareBytes } from '../values/order.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { Report } from '../warnings/catalogue.ts';
import type { Fields } from './fields.ts';
import { namedObjects } from './named.ts';
import type { NamedObject } from './named.ts';

/** A Peer object of Kilo that Kilo takes. */
export interface KiloPeer {
  readonly name: string;
  /** Null for the key of zeros, with which Kilo leaves the peer out. */
  readonly publicKey: KeyText | null;
  readonly presharedKey: KeyText | null;
  /** As they were written, host bits kept. */
  readonly allowedIps: readonly InterfaceAddress[];
  readonly endpoint: MeshEndpoint | null;
  /** Seconds; 0 is off. */
  readonly persistentKeepalive: number;
}

/** A Peer object that Kilo passes over, and why. */
export interface RefusedPeer {
  readonly name: string;
  readonly problem: PeerProblem;
  /** Those of its allowedIPs that can be read: whoever mends it has them. */
  readonly allowedIps: readonly InterfaceAddress[];
}

/**
 * Why Kilo passes over a Peer.
 *
 * - `allowed-ip`: one of its allowedIPs is no `ADDRESS/LENGTH`
 * - `endpoint-empty`: an endpoint without `dnsOrIP.dns` and `dnsOrIP.ip`
 * - `endpoint-flat`: the same, with `dns` or `ip` beside `port`, where they do not belong
 * - `endpoint-dns`, `endpoint-ip`, `endpoint-port`: a value that is none
 * - `keepalive`: below 0
 * - `public-key`: not 32 bytes in base64
 * - `type`: a field of another type than the API has it
 */
export interface PeerProblem {
  readonly kind:
    | 'allowed-ip'
    | 'endpoint-empty'
    | 'endpoint-flat'
    | 'endpoint-dns'
    | 'endpoint-ip'
    | 'endpoint-port'
    | 'keepalive'
    | 'public-key'
    | 'type';
  /** What was written there. */
  readonly written: string;
}

/** Peers of a list: those Kilo takes, in the order of their names, and those it does not. */
export interface KiloPeers {
  readonly peers: readonly KiloPeer[];
  readonly refused: readonly RefusedPeer[];
}

/** The Peers of a list. Each that Kilo passes over is reported. */
export function readKiloPeers(items: readonly unknown[], report: Report): KiloPeers {
  const peers: KiloPeer[] = [];
  const refused: RefusedPeer[] = [];
  for (const object of namedObjects(items, 'peer', report)) {
    const read = readKiloPeer(object);
    if ('problem' in read) {
      refused.push(read);
      report(clusterWarning('peer-invalid', `peer/${read.name}`, read));
    } else {
      peers.push(read);
    }
  }
  return { peers: peers.sort((a, b) => compareBytes(a.name, b.name)), refused };
}

/**
 * Reads a Peer by Kilo's own rules, which the API server does not check.
 *
 * @see kilo pkg/k8s/apis/kilo/v1alpha1/types.go Validate; pkg/k8s/backend.go translatePeer
 */
function readKiloPeer({ name, fields }: NamedObject): KiloPeer | RefusedPeer {
  const wrongTypes: string[] = [];
  const spec = fields.reporting((field) => wrongTypes.push(field)).object('spec');
  const endpointFields = spec.has('endpoint') ? spec.object('endpoint') : null;
  const host = endpointFields?.object('dnsOrIP');
  const written = {
    allowedIps: spec.texts('allowedIPs'),
    dns: host?.text('dns') ?? '',
    ip: host?.text('ip') ?? '',
    port: endpointFields?.integer('port') ?? 0,
    keepalive: spec.integer('persistentKeepalive') ?? 0,
    publicKey: spec.text('publicKey') ?? '',
    presharedKey: spec.text('presharedKey') ?? '',
  };
  const allowedIps = written.allowedIps.flatMap((text) => parseCidr(text) ?? []);
  const problem = (kind: PeerProblem['kind'], what: string): RefusedPeer => ({
    name,
    problem: { kind, written: what },
    allowedIps,
  });
  const [wrongType] = wrongTypes;
  if (wrongType !== undefined) return problem('type', wrongType);
  const wrongIp = written.allowedIps.find((text) => parseCidr(text) === null);
  if (wrongIp !== undefined) return problem('allowed-ip', wrongIp);
  if (endpointFields !== null) {
    if (written.ip === '' && written.dns === '') return problem(...emptyEndpoint(endpointFields));
    if (written.dns !== '' && !isDnsSubdomain(written.dns)) return problem('endpoint-dns', written.dns);
    if (written.ip !== '' && parseIp(written.ip) === null) return problem('endpoint-ip', written.ip);
    if (written.port < 1 || written.port > 65_535) return problem('endpoint-port', String(written.port));
  }
  if (written.keepalive < 0) return problem('keepalive', String(written.keepalive));
  if (!isKeyLike(written.publicKey)) return problem('public-key', written.publicKey);
  return {
    name,
    publicKey: parseMeshKey(written.publicKey),
    presharedKey: parseMeshKey(written.presharedKey),
    allowedIps,
    endpoint: endpointFields === null ? null : endpointOf(written),
    persistentKeepalive: written.keepalive,
  };
}

/** The name goes before the address, whatever the field's own description says. */
function endpointOf({
  dns,
  ip,
  port,
}: {
  readonly dns: string;
  readonly ip: string;
  readonly port: number;
}): MeshEndpoint | null {
  if (dns !== '') return parseMeshEndpoint(`${dns}:${port}`);
  const address = parseIp(ip);
  return address === null ? null : { kind: 'address', address, zone: null, port };
}

/** Peers were once written as the seeds have them, without `dnsOrIP`. */
function emptyEndpoint(endpoint: Fields): ['endpoint-flat' | 'endpoint-empty', string] {
  const flat = endpoint.text('dns') ?? endpoint.text('ip');
  return flat === null ? ['endpoint-empty', ''] : ['endpoint-flat', flat];
}

/** The key of zeros is one here: Kilo leaves it out at another place, without a word. */
function isKeyLike(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text.replace(/[\r\n]/g, ''));
}

/** Allowed IPs as they are printed. */
export function allowedIpTexts(peer: KiloPeer): string[] {
  return peer.allowedIps.map(formatInterfaceAddress);
}
