import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { readKinds } from '../../../../shared/cluster/readings.ts';
import { inspectionOf } from '../../../../shared/cluster/inspection.ts';
import {
  inForm,
  outputOption,
  readClusterOptions,
  readOutput,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import type { Command } from '../../command.ts';
import { inspectionText } from '../../text/inspection.ts';

/** Whatever can be had is shown. */
const everything = { kinds: readKinds, required: [] } as const;

/** `adit cluster inspect` */
export const clusterInspect: Command = {
  name: 'cluster inspect',
  operands: sourceOperands,
  arity: { least: 0, most: Infinity },
  summary: 'Show a Kubernetes cluster’s network: nodes, ranges, peers, and what to trip over',
  details: [
    'Asks the API server as kubectl does, or reads what kubectl has saved, and asks nobody: "kubectl get nodes,services -A',
    '-o json > cluster.json" and, with Kilo, "kubectl get peers -o json > peers.json". What else tells of ranges: configmaps',
    'in kube-system, servicecidrs, pods. What an API server does not tell is left out, and said.',
    'No preshared key is shown. Warnings say what to type where something can be mended.',
  ],
  options: { ...sourceOptions, output: outputOption },
  async run(context) {
    const { given } = context;
    const output = readOutput(clusterInspect, given);
    const options = readClusterOptions(clusterInspect, given);
    const inspection = inspectionOf(
      clusterOf(await readSource(clusterInspect, context, everything), options),
    );
    return inForm(output, { json: inspection, text: inspectionText(inspection) });
  },
};
