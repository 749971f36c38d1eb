import { setFlagsFromString } from 'node:v8';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClusterReadings } from '../../shared/cluster/readings.ts';
import { FaultError } from '../../shared/fault.ts';
import type { ApiClient } from '../backend/cluster/api/client.ts';
import { openApi } from '../backend/cluster/api/open.ts';
import { readCluster } from '../backend/cluster/api/read-cluster.ts';
import type { Wanted } from '../backend/cluster/api/read-cluster.ts';
import { AllowedPlugins } from '../backend/cluster/exec/allowed.ts';
import { pluginLine, printable } from '../backend/cluster/exec/plugin.ts';
import type { ExecPlugin } from '../backend/cluster/exec/plugin.ts';
import type { ClusterSource } from '../backend/cluster/kept.ts';
import { chooseContext } from '../backend/cluster/kubeconfig/choose.ts';
import { readKubeconfig } from '../backend/cluster/kubeconfig/kubeconfig.ts';
import { kubeconfigPlaces } from '../backend/cluster/kubeconfig/places.ts';
import { has, valueOf } from './command.ts';
import type { CommandContext } from './command.ts';

// A command that asks an API server ends within a second or waits. V8's optimizing compiler would not have begun to pay by then, and it
// takes a core from the server where that is this machine: 5,000 nodes take a tenth less without.
setFlagsFromString('--no-opt');

/** How long an exec plugin may take: alone, or with a person who logs in meanwhile. Milliseconds. */
const execPatience = { alone: 30_000, withPerson: 300_000 } as const;

/** An API server, by the kubeconfig that leads to it. */
export type ApiSource = Extract<ClusterSource, { readonly kind: 'api' }>;

/**
 * Where the command line and the environment name an API server, as kubectl finds it.
 *
 * @throws FaultError of kubeconfigs
 */
export async function chooseApi({ given }: CommandContext): Promise<ApiSource> {
  const places = kubeconfigPlaces(valueOf(given, 'kubeconfig') ?? null, process.env);
  const { name } = chooseContext(await readKubeconfig(places), valueOf(given, 'context') ?? null);
  return { kind: 'api', kubeconfig: [...places.paths], isNamed: places.isNamed, context: name };
}

/**
 * A client of an API server. It has to be closed.
 *
 * @throws FaultError of kubeconfigs and exec plugins, `exec-plugin-not-allowed`
 */
export async function openClusterApi(
  { given, places }: CommandContext,
  source: ApiSource,
): Promise<ApiClient> {
  const hasPerson = process.stdin.isTTY && process.stderr.isTTY;
  const [first = null] = source.kubeconfig;
  return openApi(
    { kubeconfig: source.isNamed ? first : null, context: source.context },
    {
      environment: source.isNamed
        ? process.env
        : { ...process.env, KUBECONFIG: source.kubeconfig.join(delimiter) },
      hasPerson,
      patience: hasPerson ? execPatience.withPerson : execPatience.alone,
      allow: (plugin) =>
        has(given, 'allow-exec')
          ? Promise.resolve()
          : askPerson(plugin, new AllowedPlugins(places.home), hasPerson),
    },
  );
}

/**
 * Reads the cluster of an API server.
 *
 * @throws FaultError of kubeconfigs, exec plugins and API servers, `exec-plugin-not-allowed`
 */
export function readClusterApi(
  context: CommandContext,
  source: ApiSource,
  wanted: Wanted,
): Promise<ClusterReadings> {
  return withClusterApi(context, source, (client) => readCluster(client, wanted));
}

/**
 * Does some work with an API server.
 *
 * @throws FaultError of kubeconfigs and exec plugins, `exec-plugin-not-allowed`, and whatever the work throws
 */
export async function withClusterApi<T>(
  context: CommandContext,
  source: ApiSource,
  work: (client: ApiClient) => Promise<T>,
): Promise<T> {
  const client = await openClusterApi(context, source);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Lets a person allow a plugin before it first runs. @throws FaultError `exec-plugin-not-allowed` */
async function askPerson(plugin: ExecPlugin, allowed: AllowedPlugins, hasPerson: boolean): Promise<void> {
  if (await allowed.has(plugin)) return;
  if (hasPerson && (await isYes(question(plugin)))) return allowed.add(plugin);
  throw new FaultError({
    code: 'exec-plugin-not-allowed',
    message: `The kubeconfig’s user ${printable(plugin.user)} logs in by a program, which is run as you: ${pluginLine(plugin)}`,
    hint: 'If you trust whoever wrote the kubeconfig, add --allow-exec; at a terminal you are asked once.',
  });
}

function question(plugin: ExecPlugin): string {
  return `The kubeconfig’s user ${printable(plugin.user)} logs in by a program, which is run as you:\n\n    ${pluginLine(plugin)}\n\nRun it, now and from now on? [y/N] `;
}

function isYes(text: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.on('close', () => resolve(false));
    terminal.question(text, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
