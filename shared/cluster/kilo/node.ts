import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { parseCidr, parseIp } from '../values/cidr.ts';
import { parseMeshEndpoint } from '../values/endpoint.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import { isObject } from '../objects/fields.ts';
import type { ClusterNode } from '../objects/node.ts';
import { kiloAnnotations } from './annotations.ts';
import type { KiloAnnotation } from './annotations.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { Report } from '../warnings/catalogue.ts';

/** What a mesh is made between: locations, or all nodes. */
export type Granularity = 'location' | 'full';

/** A node as Kilo sees it. */
export interface KiloNode {
  readonly name: string;
  /** Empty where nobody gave it one: a location like any other. */
  readonly location: string;
  /** Where it is dialled: force-endpoint if that can be read, else endpoint. */
  readonly endpoint: MeshEndpoint | null;
  readonly key: KeyText | null;
  readonly podCidr: Prefix | null;
  /** Null where it has none, or where somebody said that it has none. */
  readonly internalIp: InterfaceAddress | null;
  /** The address of its location in the mesh, as `kg` wrote it down; only leaders have one. */
  readonly wireguardIp: InterfaceAddress | null;
  /** When `kg` checked in; Unix seconds, 0 for never. */
  readonly lastSeen: number;
  /** Whether somebody wants it to lead its location. */
  readonly wantsToLead: boolean;
  /** Whether it sends keepalives, by which Kilo knows a node behind NAT. */
  readonly sendsKeepalives: boolean;
  /** Networks near it that are no part of the cluster. */
  readonly allowedLocationIps: readonly InterfaceAddress[];
  /** Endpoints at which it has heard others, by their keys; null for one without an address. */
  readonly discoveredEndpoints: ReadonlyMap<KeyText, MeshEndpoint | null>;
  readonly granularity: Granularity | null;
}

/**
 * What Kilo makes of a node's annotations; what it silently ignores is reported.
 *
 * @param topologyLabel the label that gives a location where no annotation does
 * @see kilo pkg/k8s/backend.go translateNode
 */
export function readKiloNode(node: ClusterNode, topologyLabel: string, report: Report): KiloNode {
  const notes = new Annotations(node, report);
  const forcedIp = notes.text('force-internal-ip');
  const isWithoutIp = forcedIp === '' || forcedIp === '-';
  const forcedEndpoint = notes.read('force-endpoint', parseMeshEndpoint);
  const written = notes.read('endpoint', parseMeshEndpoint);
  const ownIp = notes.read('internal-ip', parseCidr);
  return {
    name: node.name,
    location: notes.text('location') ?? node.labels.get(topologyLabel) ?? '',
    endpoint: forcedEndpoint ?? written,
    key: notes.read('key', parseMeshKey),
    podCidr: node.podCidr,
    internalIp: isWithoutIp ? null : (notes.read('force-internal-ip', parseCidr) ?? ownIp),
    wireguardIp: notes.read('wireguard-ip', parseCidr),
    lastSeen: notes.read('last-seen', parseInteger) ?? 0,
    wantsToLead: notes.text('leader') !== null,
    sendsKeepalives: (notes.read('persistent-keepalive', parseInteger) ?? 0) !== 0,
    allowedLocationIps: notes.list('allowed-location-ips', parseCidr),
    discoveredEndpoints: notes.read('discovered-endpoints', parseDiscovered) ?? new Map(),
    granularity: notes.read('granularity', parseGranularity),
  };
}

/** Annotations of one node, each problem of which is reported. */
class Annotations {
  readonly #node: ClusterNode;
  readonly #report: Report;

  constructor(node: ClusterNode, report: Report) {
    this.#node = node;
    this.#report = report;
  }

  /** The value as it stands; null where the annotation is not there. */
  text(name: KiloAnnotation): string | null {
    return this.#node.annotations.get(kiloAnnotations[name]) ?? null;
  }

  /** What a value means; null where it is missing, empty, or means nothing, which is reported. */
  read<T>(name: KiloAnnotation, parse: (text: string) => T | null): T | null {
    const text = this.text(name) ?? '';
    if (text === '') return null;
    const value = parse(text);
    if (value === null) this.#tell(name, text, text);
    return value;
  }

  /** The items of a list with commas; those that mean nothing are reported and left out. */
  list<T>(name: KiloAnnotation, parse: (text: string) => T | null): T[] {
    const text = this.text(name) ?? '';
    if (text === '') return [];
    return text.split(',').flatMap((item) => {
      const value = parse(item);
      if (value === null) this.#tell(name, item, text);
      return value ?? [];
    });
  }

  /** @param part what means nothing @param whole the value it is a part of, or all of */
  #tell(name: KiloAnnotation, part: string, whole: string): void {
    const subject = `node/${this.#node.name}`;
    const trimmed = part.trim();
    const address = parseIp(trimmed);
    if (addressed.has(name) && (address !== null || parseCidr(trimmed) !== null)) {
      const isLone = address !== null;
      const fixed = isLone ? `${trimmed}/${address.family === 4 ? 32 : 128}` : trimmed;
      const value = whole === part ? fixed : mended(whole, part, fixed);
      this.#report(
        clusterWarning(isLone ? 'annotation-without-mask' : 'annotation-blank', subject, name, part, value),
      );
    } else {
      this.#report(clusterWarning('annotation-invalid', subject, name, part));
    }
  }
}

/** A list with one of its items in another form. */
function mended(list: string, item: string, fixed: string): string {
  return list
    .split(',')
    .map((other) => (other === item ? fixed : other))
    .join(',');
}

/** Annotations whose values have to have a mask. */
const addressed: ReadonlySet<KiloAnnotation> = new Set([
  'internal-ip',
  'force-internal-ip',
  'wireguard-ip',
  'allowed-location-ips',
]);

/** What Go's int64 holds; a number of ours is near enough to it. */
const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** @see Go strconv.ParseInt in base 10 */
function parseInteger(text: string): number | null {
  // Of thousands of nodes, each has several; what is this short is surely in range.
  if (/^[+-]?[0-9]{1,18}$/.test(text)) return Number(text);
  if (!/^[+-]?[0-9]{1,100}$/.test(text)) return null;
  const value = BigInt(text.replace(/^\+/, ''));
  return value < int64.least || value > int64.most ? null : Number(value);
}

function parseGranularity(text: string): Granularity | null {
  return text === 'location' || text === 'full' ? text : null;
}

/** A JSON object of keys with `{IP, Port, Zone}`; all of it or nothing. @see Go encoding/json on map[string]*net.UDPAddr */
function parseDiscovered(text: string): ReadonlyMap<KeyText, MeshEndpoint | null> | null {
  const value = parsedJson(text);
  // kg writes null where it has heard nobody.
  if (value === null) return new Map();
  if (!isObject(value)) return null;
  const endpoints = new Map<KeyText, MeshEndpoint | null>();
  for (const [key, member] of Object.entries(value)) {
    const endpoint = parseUdpAddress(member);
    if (endpoint === undefined) return null;
    endpoints.set(key, endpoint);
  }
  return endpoints;
}

/** Null for none that can be dialled, undefined for what is no such address. Go takes the names of fields in small letters too. */
function parseUdpAddress(value: unknown): MeshEndpoint | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  const fields = new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
  const ip = fields.get('ip') ?? '';
  const port = fields.get('port') ?? 0;
  const zone = fields.get('zone') ?? '';
  if (typeof ip !== 'string' || typeof zone !== 'string' || typeof port !== 'number') return undefined;
  if (ip === '') return null;
  const address = parseIp(ip);
  if (address === null || !Number.isInteger(port)) return undefined;
  // What Go reads may be of no use to anybody; the others of the same list are.
  if (!isPort(port) || !/^[\w.-]*$/.test(zone)) return null;
  return { kind: 'address', address, zone: zone === '' ? null : zone, port };
}

function isPort(port: number): boolean {
  return port > 0 && port < 65_536;
}

/** Undefined for what is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
