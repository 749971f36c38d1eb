import { resolve } from 'node:path';
import type { ClusterOptions } from '../../shared/cluster/cluster.ts';
import type { ClusterReadings } from '../../shared/cluster/readings.ts';
import type { Wanted } from '../backend/cluster/api/read-cluster.ts';
import { standardInput } from '../backend/cluster/documents.ts';
import { readClusterFiles } from '../backend/cluster/files.ts';
import type { ClusterSource, SavedFile } from '../backend/cluster/kept.ts';
import { has, valueOf } from './command.ts';
import { conflictOptions } from './conflict-options.ts';
import type { Answer, Command, CommandContext, Given, Option } from './command.ts';
import { wrongUsage } from './parse.ts';

export { meshAndServices, meshOnly, nodesAndRanges } from '../backend/cluster/wanted.ts';

/** How a cluster is named on a command line, for the operands of its help. */
export const sourceOperands =
  '[--kubeconfig FILE] [--context NAME] | --nodes FILE [--peers FILE] | --from FILE...';

/** As {@link sourceOperands}, for commands that change something. */
export const apiOperands = '[--kubeconfig FILE] [--context NAME]';

/** Options of every command that asks an API server. */
export const apiOptions: Readonly<Record<string, Option>> = {
  kubeconfig: {
    kind: 'value',
    placeholder: 'FILE',
    summary: 'Ask the API server that it names (default: as kubectl does, $KUBECONFIG or ~/.kube/config)',
  },
  context: {
    kind: 'value',
    placeholder: 'NAME',
    summary: 'The kubeconfig’s context (default: its current one)',
  },
  'allow-exec': {
    kind: 'flag',
    summary: 'Run the program by which the kubeconfig logs in, if it has one, without asking',
  },
};

/** Options of every command that reads a cluster. */
export const sourceOptions: Readonly<Record<string, Option>> = {
  ...apiOptions,
  nodes: { kind: 'value', placeholder: 'FILE', summary: 'What "kubectl get nodes -o json" printed' },
  peers: { kind: 'value', placeholder: 'FILE', summary: 'What "kubectl get peers -o json" printed' },
  from: {
    kind: 'value',
    placeholder: 'FILE...',
    repeats: true,
    summary: 'Any lists that kubectl printed, kinds mixed, JSON or YAML; - for what is piped in',
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

/** Options that say how Services are reached. */
export const serviceOptions: Readonly<Record<'service-cidr' | 'gateway', Option>> = {
  'service-cidr': {
    kind: 'value',
    placeholder: 'auto|CIDR',
    repeats: true,
    summary: 'Reach Services too: their network, or what the cluster says it is',
  },
  gateway: {
    kind: 'value',
    placeholder: 'NODE',
    summary: 'The node through which Services are reached (default: the first by name)',
  },
};

/** Options of commands that keep a profile in step with its cluster. */
export const syncOptions: Readonly<Record<string, Option>> = {
  every: { kind: 'value', placeholder: 'SECONDS', summary: 'How often to look (default: 5)' },
  ...conflictOptions,
  'allow-exec': {
    kind: 'flag',
    summary: 'Run the program by which the kubeconfig logs in, if it has one, without asking',
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
 * Where the command line says that a cluster is to be read: in files that it names, else from an API server.
 *
 * @throws FaultError `wrong-usage`, and those of kubeconfigs
 */
export async function chooseSource(command: Command, context: CommandContext): Promise<ClusterSource> {
  const { given } = context;
  // The shell makes several words of "--from lists/*.json", of which only the first stands behind the option.
  if (given.operands.length > 0 && !has(given, 'from'))
    throw wrongUsage(command, `There is a word too many: ${JSON.stringify(given.operands[0])}.`);
  const paths = savedFilesIn(given);
  if (paths.length === 0) {
    const { chooseApi } = await import('./cluster-api.ts');
    return chooseApi(context);
  }
  const both = Object.keys(apiOptions).find((option) => has(given, option));
  if (both !== undefined)
    throw wrongUsage(
      command,
      `Files are read without asking an API server: --${both} does not go with them.`,
    );
  return { kind: 'files', paths };
}

/** The files that are named, each once. What --nodes or --peers names is that, where it does not say its kind. */
function savedFilesIn(given: Given): SavedFile[] {
  const named = (option: string): string[] => (given.options.get(option) ?? []).map(placeOf);
  const nodes = new Set(named('nodes'));
  const peers = new Set(named('peers'));
  const others = [...named('from'), ...(has(given, 'from') ? given.operands.map(placeOf) : [])];
  return [...new Set([...nodes, ...peers, ...others])].map((path) => {
    if (nodes.has(path) === peers.has(path)) return path;
    return { path, kind: nodes.has(path) ? 'nodes' : 'peers' };
  });
}

/**
 * What a source says of its cluster.
 *
 * @param wanted of the API server; of files, what they have is read, but they have to have the first that is required
 * @throws FaultError what {@link readClusterFiles} and `readClusterApi` throw
 */
export async function readFrom(
  source: ClusterSource,
  context: CommandContext,
  wanted: Wanted,
): Promise<ClusterReadings> {
  if (source.kind === 'files') return readClusterFiles(source.paths, wanted.required);
  const { readClusterApi } = await import('./cluster-api.ts');
  return readClusterApi(context, source, wanted);
}

/** {@link readFrom} what {@link chooseSource} gives. */
export async function readSource(
  command: Command,
  context: CommandContext,
  wanted: Wanted,
): Promise<ClusterReadings> {
  return readFrom(await chooseSource(command, context), context, wanted);
}

/** What is piped in is read once, whatever options name it: lists may be mixed. */
function placeOf(path: string): string {
  return path === standardInput ? path : resolve(path);
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

/** The node through which Services are to be reached; null for any. @throws FaultError `wrong-usage` where there are to be none */
export function readGateway(command: Command, given: Given): string | null {
  const gateway = valueOf(given, 'gateway') ?? null;
  if (gateway !== null && !has(given, 'service-cidr'))
    throw wrongUsage(command, 'A gateway is for Services: --service-cidr auto goes with it.');
  return gateway;
}

/** The form that is wanted; null for words. @throws FaultError `wrong-usage` */
export function readOutput(command: Command, given: Given): 'json' | 'yaml' | null {
  const output = valueOf(given, 'output') ?? null;
  if (output === null || output === 'json' || output === 'yaml') return output;
  throw wrongUsage(command, `There is no form ${JSON.stringify(output)} of the answer.`);
}

/** An answer in the form that {@link readOutput} has read; JSON is what every command prints by itself. */
export async function inForm(output: 'json' | 'yaml' | null, answer: Answer): Promise<Answer> {
  return output === 'yaml' ? { ...answer, text: await asYaml(answer.json), verbatim: true } : answer;
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
