import { createInterface } from 'node:readline';
import type { ClusterReadings } from '../../shared/cluster/readings.ts';
import { FaultError } from '../../shared/fault.ts';
import { openApi } from '../backend/cluster/api/open.ts';
import { readCluster } from '../backend/cluster/api/read-cluster.ts';
import type { Wanted } from '../backend/cluster/api/read-cluster.ts';
import { AllowedPlugins } from '../backend/cluster/exec/allowed.ts';
import { pluginLine, printable } from '../backend/cluster/exec/plugin.ts';
import type { ExecPlugin } from '../backend/cluster/exec/plugin.ts';
import { has, valueOf } from './command.ts';
import type { CommandContext } from './command.ts';

/** How long an exec plugin may take: alone, or with a person who logs in meanwhile. Milliseconds. */
const execPatience = { alone: 30_000, withPerson: 300_000 } as const;

/**
 * Reads the cluster that a command line and the environment name, from its API.
 *
 * @throws FaultError of kubeconfigs, exec plugins and API servers, `exec-plugin-not-allowed`
 */
export async function readClusterApi(
  { given, places }: CommandContext,
  wanted: Wanted,
): Promise<ClusterReadings> {
  const hasPerson = process.stdin.isTTY && process.stderr.isTTY;
  const client = await openApi(
    { kubeconfig: valueOf(given, 'kubeconfig') ?? null, context: valueOf(given, 'context') ?? null },
    {
      environment: process.env,
      hasPerson,
      patience: hasPerson ? execPatience.withPerson : execPatience.alone,
      allow: (plugin) =>
        has(given, 'allow-exec')
          ? Promise.resolve()
          : askPerson(plugin, new AllowedPlugins(places.home), hasPerson),
    },
  );
  try {
    return await readCluster(client, wanted);
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
