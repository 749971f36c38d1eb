import { linksOf } from './graph.ts';
import type { GraphGroup, GraphLink, GraphNode, GraphPeer, MeshGraph } from './graph.ts';

/**
 * A graph in Graphviz's language, with the nodes, labels and links of `kgctl graph`: `adit cluster graph ... | circo -Tsvg`.
 *
 * @see kilo pkg/mesh/graph.go Dot; graphviz.org/doc/info/lang.html
 */
export function dotOf(graph: MeshGraph): string {
  const lines = [
    'digraph kilo {',
    `  label=${quoted([graph.subnet])};`,
    '  labelloc=t;',
    '  outputorder=nodesfirst;',
    '  overlap=false;',
    ...graph.groups.flatMap(groupLines),
    ...peerLines(graph.peers),
  ];
  for (const link of linksOf(graph)) lines.push(linkLine(link));
  return [...lines, '}', ''].join('\n');
}

function groupLines({ key, nodes }: GraphGroup): string[] {
  return cluster(
    `location_${key}`,
    key,
    nodes.map((node) => nodeLine(node.name, labelOf(key, node), node.address !== null)),
  );
}

function peerLines(peers: readonly GraphPeer[]): string[] {
  return cluster(
    'peers',
    'peers',
    peers.map(({ name, endpoint }) => nodeLine(name, [name, endpoint ?? ''], false)),
  );
}

function cluster(name: string, label: string, lines: readonly string[]): string[] {
  return [
    `  subgraph ${quoted([`cluster_${name}`])} {`,
    `    label=${quoted([label])};`,
    '    style="dashed,rounded";',
    ...lines.map((line) => `    ${line}`),
    '  }',
  ];
}

function labelOf(key: string, { name, podCidr, internalIp, address, endpoint }: GraphNode): string[] {
  return [key, name, podCidr, internalIp, address, endpoint].filter((line) => line !== null);
}

function nodeLine(name: string, label: readonly string[], leads: boolean): string {
  return `${quoted([name])} [label=${quoted(label)}, ${leads ? 'rank=1, ' : ''}shape=ellipse];`;
}

function linkLine({ kind, from, to }: GraphLink): string {
  return `  ${quoted([from])} -> ${quoted([to])} [dir=both${kind === 'peer' ? ', style=dashed' : ''}];`;
}

/** Lines of a label as one quoted text. What somebody wrote into a name stays in it. */
function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replace(/\p{Cc}/gu, '\u{fffd}').replace(/["\\]/g, (character) => `\\${character}`),
  );
  return `"${escaped.join('\\n')}"`;
}
