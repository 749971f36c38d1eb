import type { ClusterOptions } from '../../shared/cluster/cluster.ts';
import type { ClusterReadings } from '../../shared/cluster/readings.ts';
import { readClusterFiles } from '../backend/cluster/files.ts';
import { has, valueOf } from './command.ts';
import type { Command, Given, Option } from './command.ts';
import { wrongUsage } from './parse.ts';

/** How a cluster is named on a command line, for the operands of its help. */
export const sourceOperands = '--nodes FILE [--peers FILE] | --from FILE...';

/** Options of every command that reads a cluster. */
export const sourceOptions: Readonly<Record<string, Option>> = {
  nodes: { kind: 'value', placeholder: 'FILE', summary: 'What "kubectl get nodes -o json" printed' },
  peers: { kind: 'value', placeholder: 'FILE', summary: 'What "kubectl get peers -o json" printed' },
  from: {
    kind: 'value',
    placeholder: 'FILE...',
    repeats: true,
    summary: 'Any lists that kubectl printed, kinds mixed, JSON or YAML',
  },
  granularity: {
    kind: 'value',
    placeholder: 'location|full',
    summary: 'What Kilo’s mesh is made between (default: what the nodes say)',
  },
  'topology-label': {
    kind: 'value',
    placeholder: 'LABEL',
    summary: 'The label that gives nodes their locations (default: topology.kubernetes.io/region)',
  },
  now: {
    kind: 'value',
    placeholder: 'TIME',
    summary: 'When the files were made: Unix seconds, or 2026-01-31T12:00:00Z',
  },
};

/** The form of the answer, as kubectl has it. */
export const outputOption: Option = {
  kind: 'value',
  short: 'o',
  placeholder: 'json|yaml',
  summary: 'The answer in this form',
};

/**
 * What the files that were named say.
 *
 * @throws FaultError `wrong-usage`, and what {@link readClusterFiles} throws
 */
export function readSource(command: Command, given: Given): Promise<ClusterReadings> {
  const files = ['nodes', 'peers', 'from'].flatMap((option) => given.options.get(option) ?? []);
  if (files.length === 0) {
    throw wrongUsage(
      command,
      'Which cluster is missing: --nodes nodes.json, as "kubectl get nodes -o json" prints it.',
    );
  }
  // The shell makes several words of "--from lists/*.json", of which only the first stands behind the option.
  if (given.operands.length > 0 && !has(given, 'from'))
    throw wrongUsage(command, `There is a word too many: ${JSON.stringify(given.operands[0])}.`);
  return readClusterFiles([...files, ...given.operands]);
}

/** What the command line says of a cluster. @throws FaultError `wrong-usage` */
export function readClusterOptions(command: Command, given: Given): ClusterOptions {
  const granularity = valueOf(given, 'granularity') ?? 'auto';
  if (granularity !== 'auto' && granularity !== 'location' && granularity !== 'full')
    throw wrongUsage(command, `There is no granularity ${JSON.stringify(granularity)}.`);
  const topologyLabel = valueOf(given, 'topology-label');
  const now = valueOf(given, 'now');
  return {
    ...(granularity === 'auto' ? {} : { granularity }),
    ...(topologyLabel === undefined ? {} : { topologyLabel }),
    ...(now === undefined ? {} : { now: readTime(command, now) }),
  };
}

/** The form that is wanted; null for words. @throws FaultError `wrong-usage` */
export function readOutput(command: Command, given: Given): 'json' | 'yaml' | null {
  const output = valueOf(given, 'output') ?? null;
  if (output === null || output === 'json' || output === 'yaml') return output;
  throw wrongUsage(command, `There is no form ${JSON.stringify(output)} of the answer.`);
}

/** A value in YAML; what writes it is loaded only here. */
export async function asYaml(value: unknown): Promise<string> {
  const { formatYaml } = await import('../backend/cluster/yaml.ts');
  return formatYaml(value);
}

function readTime(command: Command, text: string): number {
  if (/^[0-9]{1,12}$/.test(text)) return Number(text);
  const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return Math.floor(time / 1000);
  throw wrongUsage(command, `${JSON.stringify(text)} is no time.`);
}
