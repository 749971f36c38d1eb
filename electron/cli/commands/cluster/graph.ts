import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { dotOf } from '../../../../shared/cluster/dot.ts';
import { graphOf } from '../../../../shared/cluster/graph.ts';
import { meshPeerNamed } from '../../../../shared/cluster/kilo/peer-sections.ts';
import { meshOf } from '../../../../shared/cluster/profile.ts';
import { FaultError } from '../../../../shared/fault.ts';
import {
  inForm,
  meshOnly,
  readClusterOptions,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import { valueOf } from '../../command.ts';
import type { Command } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';

/** The most groups that are drawn: a thousand have half a million links, which no program lays out. */
const mostGroups = 1000;

function tooManyPeers(peers: number): FaultError {
  return new FaultError({
    code: 'graph-too-large',
    message: `The mesh has ${peers} Peers; ${mostGroups} are drawn at most.`,
    hint: '"adit cluster inspect" lists them, and "adit cluster graph" tells of them in Graphviz’s language.',
  });
}

/** `adit cluster graph` */
export const clusterGraph: Command = {
  name: 'cluster graph',
  operands: sourceOperands,
  arity: { least: 0, most: Infinity },
  summary: 'Draw Kilo’s mesh: as a picture, or in Graphviz’s language as "kgctl graph" does',
  details: [
    'A picture, for light and dark: adit cluster graph -o svg --peer LAPTOP > mesh.svg, which any browser shows.',
    'By Graphviz, every link a line of its own: adit cluster graph | circo -Tsvg > mesh.svg',
  ],
  options: {
    ...sourceOptions,
    output: {
      kind: 'value',
      short: 'o',
      placeholder: 'dot|svg|json|yaml',
      summary: 'The answer in this form (default: dot)',
    },
    peer: {
      kind: 'value',
      placeholder: 'NAME',
      summary: 'With -o svg: the Peer that is this laptop',
    },
  },
  async run(context) {
    const { given } = context;
    const output = valueOf(given, 'output') ?? 'dot';
    if (output !== 'dot' && output !== 'svg' && output !== 'json' && output !== 'yaml')
      throw wrongUsage(clusterGraph, `There is no form ${JSON.stringify(output)} of the answer.`);
    const laptop = valueOf(given, 'peer') ?? null;
    if (laptop !== null && output !== 'svg')
      throw wrongUsage(
        clusterGraph,
        'Which Peer is this laptop is shown in a picture: -o svg goes with --peer.',
      );
    const options = readClusterOptions(clusterGraph, given);
    const mesh = meshOf(clusterOf(await readSource(clusterGraph, context, meshOnly), options));
    if (laptop !== null) meshPeerNamed(mesh, laptop);
    const graph = graphOf(mesh);
    if (graph.groups.length > mostGroups) {
      throw new FaultError({
        code: 'graph-too-large',
        message: `The mesh has ${graph.groups.length} locations, each linked with every other; ${mostGroups} are drawn at most.`,
        hint: '"adit cluster inspect" lists them.',
      });
    }
    if (output === 'yaml') return inForm(output, { json: graph, text: '' });
    if (output !== 'svg') return { json: graph, text: dotOf(graph), verbatim: true };
    if (graph.peers.length > mostGroups) throw tooManyPeers(graph.peers.length);
    // What lays it out is loaded where there is a picture to draw.
    const { svgOf } = await import('../../../../shared/cluster/picture/svg.ts');
    return { json: graph, text: svgOf(graph, laptop), verbatim: true };
  },
};
