import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { dotOf } from '../../../../shared/cluster/dot.ts';
import { graphOf } from '../../../../shared/cluster/graph.ts';
import { meshOf } from '../../../../shared/cluster/profile.ts';
import { FaultError } from '../../../../shared/fault.ts';
import {
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

/** `adit cluster graph` */
export const clusterGraph: Command = {
  name: 'cluster graph',
  operands: sourceOperands,
  arity: { least: 0, most: Infinity },
  summary: 'Draw Kilo’s mesh in Graphviz’s language, as "kgctl graph" does',
  details: [
    'A picture of it: adit cluster graph --nodes nodes.json --peers peers.json | circo -Tsvg > mesh.svg',
  ],
  options: {
    ...sourceOptions,
    output: {
      kind: 'value',
      short: 'o',
      placeholder: 'dot|json',
      summary: 'The answer in this form (default: dot)',
    },
  },
  async run(context) {
    const { given } = context;
    const output = valueOf(given, 'output') ?? 'dot';
    if (output !== 'dot' && output !== 'json')
      throw wrongUsage(clusterGraph, `There is no form ${JSON.stringify(output)} of the answer.`);
    const options = readClusterOptions(clusterGraph, given);
    const graph = graphOf(meshOf(clusterOf(await readSource(clusterGraph, context, meshOnly), options)));
    if (graph.groups.length > mostGroups) {
      throw new FaultError({
        code: 'graph-too-large',
        message: `The mesh has ${graph.groups.length} locations, each linked with every other; ${mostGroups} are drawn at most.`,
        hint: '"adit cluster inspect" lists them.',
      });
    }
    return { json: graph, text: dotOf(graph), verbatim: true };
  },
};
