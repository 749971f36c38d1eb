import type { KeyText } from '../../tunnel/status.ts';
import { FaultError } from '../../fault.ts';
import type { Cluster } from '../cluster.ts';
import { formatMeshEndpoint, isDnsSubdomain, isPublic, parseMeshEndpoint } from '../values/endpoint.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { parseMeshKey } from '../values/key.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { ClusterWarning } from '../warnings/catalogue.ts';

/** What a node's script said of it. */
export interface NodeLine {
  readonly name: string;
  readonly publicKey: KeyText;
  readonly endpoint: MeshEndpoint;
}

/** The lines of a file that are of nodes of a cluster, and what there is to say of the others. */
export interface NodeLines {
  /** By name. */
  readonly lines: readonly NodeLine[];
  readonly warnings: readonly ClusterWarning[];
}

/** No line of ours is longer; characters. */
const longestLine = 1000;

/**
 * Reads the lines `adit-node NAME PUBKEY ENDPOINT` out of what was collected. Other lines are passed over, and so is what stands before
 * `adit-node` in one, and quotes around it, as tools that run a program on many hosts write it. Of two lines of a node the last counts.
 *
 * @throws FaultError `node-lines-missing`: there is none that can be used
 */
export function readNodeLines(text: string, { nodes }: Cluster): NodeLines {
  const warnings: ClusterWarning[] = [];
  const known = new Set(nodes.map(({ name }) => name));
  const found = new Map<string, NodeLine>();
  for (const [index, written] of text.split(/\r\n|[\r\n]/).entries()) {
    const words = wordsOf(written);
    if (words === null) continue;
    const line = readLine(words);
    if (line === null) {
      warnings.push(clusterWarning('node-line-invalid', 'cluster', index + 1));
      continue;
    }
    const subject = `node/${line.name}`;
    if (!known.has(line.name)) {
      warnings.push(clusterWarning('node-line-unknown', subject, index + 1));
      continue;
    }
    const before = found.get(line.name);
    if (before !== undefined && !isSame(before, line))
      warnings.push(clusterWarning('node-line-repeated', subject, index + 1));
    found.set(line.name, line);
  }
  const lines = nodes.flatMap(({ name }) => found.get(name) ?? []);
  const usable = withoutSharedKeys(lines, warnings);
  if (usable.length === 0) throw new FaultError(withoutLines(warnings));
  for (const { name, endpoint } of usable) {
    if (endpoint.kind === 'address' && !isPublic(endpoint.address))
      warnings.push(clusterWarning('node-endpoint-private', `node/${name}`, formatMeshEndpoint(endpoint)));
  }
  return { lines: usable, warnings };
}

/** A line as a node prints it. */
export function formatNodeLine({ name, publicKey, endpoint }: NodeLine): string {
  return `adit-node ${name} ${publicKey} ${formatMeshEndpoint(endpoint)}`;
}

/** Reads what {@link formatNodeLine} wrote; null for anything else. */
export function parseNodeLine(text: string): NodeLine | null {
  const words = wordsOf(text);
  return words === null ? null : readLine(words);
}

/** What there is to say of nodes that have no line. @param profile that the line is for */
export function missingLines(
  { nodes }: Cluster,
  lines: readonly Pick<NodeLine, 'name'>[],
  profile: string,
): ClusterWarning[] {
  const known = new Set(lines.map(({ name }) => name));
  return nodes
    .filter(({ name }) => !known.has(name) && isDnsSubdomain(name))
    .map(({ name }) => clusterWarning('node-line-missing', `node/${name}`, profile));
}

/**
 * The words behind `adit-node`; null where the line is none of ours. It may stand in quotes, in the JSON of a tool, or in colours:
 * nothing of ours has quotes, backslashes or escapes in it.
 */
function wordsOf(written: string): string[] | null {
  if (!written.includes('adit-node')) return null;
  // eslint-disable-next-line no-control-regex -- the escapes of a terminal are what is looked for
  const plain = written.replace(/\u001b\[[0-9;]*[A-Za-z]|\\[nrt]/g, ' ');
  const parts = plain.split(/["'`]/).filter((part) => /(?:^|\s)adit-node\s/.test(part));
  const words = (parts.at(-1) ?? '').slice(0, longestLine).trim().split(/\s+/);
  const at = words.lastIndexOf('adit-node');
  return at < 0 ? null : words.slice(at + 1);
}

function readLine(words: readonly string[]): NodeLine | null {
  const [name = '', key = '', written = ''] = words;
  const publicKey = parseMeshKey(key);
  const endpoint = parseMeshEndpoint(written);
  if (words.length !== 3 || publicKey === null || endpoint === null || !isDnsSubdomain(name)) return null;
  return { name, publicKey, endpoint };
}

/** To WireGuard a key is a peer: the second of it would take the first's allowed IPs. */
function withoutSharedKeys(lines: readonly NodeLine[], warnings: ClusterWarning[]): NodeLine[] {
  const owners = new Map<KeyText, string>();
  return lines.filter(({ name, publicKey }) => {
    const other = owners.get(publicKey);
    if (other === undefined) owners.set(publicKey, name);
    else warnings.push(clusterWarning('node-key-shared', `node/${name}`, other));
    return other === undefined;
  });
}

function isSame(a: NodeLine, b: NodeLine): boolean {
  return a.publicKey === b.publicKey && formatMeshEndpoint(a.endpoint) === formatMeshEndpoint(b.endpoint);
}

function withoutLines(warnings: readonly ClusterWarning[]): ConstructorParameters<typeof FaultError>[0] {
  const [first] = warnings;
  return {
    code: 'node-lines-missing',
    message:
      first === undefined
        ? 'No line "adit-node NAME PUBKEY ENDPOINT" was found.'
        : `No line of a node can be used: ${first.message}`,
    hint: 'Run the script on each node and keep what it prints: ssh root@NODE sh -s < node.sh >> keys.txt',
  };
}
