import { spawn } from 'node:child_process';
import { FaultError } from '../../../../shared/fault.ts';
import { execVersions, readExecCredential } from './credential.ts';
import type { ExecCredential } from './credential.ts';
import { pluginLine, printable } from './plugin.ts';
import type { ExecCluster, ExecPlugin } from './plugin.ts';

/** How an exec plugin is run. */
export interface ExecCircumstances {
  /** Whether a person is at the terminal, whom it may talk to. */
  readonly hasPerson: boolean;
  /** How long it may take; milliseconds. */
  readonly patience: number;
}

/** The most that is kept of what a plugin prints; characters. */
const printedLimit = 1024 * 1024;

/** How long what a plugin has printed may be on its way when it has ended; milliseconds. */
const outputPatience = 500;

/** The most that is told of what it complains of; characters. */
const complaintLimit = 500;

/**
 * Runs an exec plugin and reads what it prints. It has to be allowed before. One that takes too long is ended, with the processes that
 * it has started where it had no terminal.
 *
 * @throws FaultError `exec-plugin-unsupported`, `exec-plugin-missing`, `exec-plugin-failed`, `exec-plugin-timeout`
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  cluster: ExecCluster,
  circumstances: ExecCircumstances,
): Promise<ExecCredential> {
  if (!execVersions.some((version) => version === plugin.apiVersion)) throw unsupported(plugin);
  if (plugin.interactiveMode === 'Always' && !circumstances.hasPerson) throw needsPerson(plugin);
  const isInteractive = circumstances.hasPerson && plugin.interactiveMode !== 'Never';
  const { code, printed, complaint } = await run(
    plugin,
    cluster,
    isInteractive,
    circumstances.patience,
  ).catch((error: unknown) => {
    // The system does not start a program with words that are too long.
    throw error instanceof FaultError ? error : failed(plugin, String(error), '');
  });
  if (code !== 0) throw failed(plugin, `it ended with ${code ?? 'a signal'}`, complaint);
  const credential = await readExecCredential(printed, plugin.apiVersion);
  if (typeof credential === 'string') throw failed(plugin, credential, complaint);
  return credential;
}

/** How a plugin ended: with its exit code, or null by a signal. */
interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly complaint: string;
}

function run(
  plugin: ExecPlugin,
  cluster: ExecCluster,
  isInteractive: boolean,
  patience: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const wants = plugin.wantsCluster ? { cluster } : {};
    const child = spawn(plugin.command, plugin.words, {
      // A program that a person talks to has to stay at that person's terminal; another is ended with all that it starts.
      detached: !isInteractive && process.platform !== 'win32',
      stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', isInteractive ? 'inherit' : 'pipe'],
      env: {
        ...process.env,
        ...Object.fromEntries(plugin.environment),
        KUBERNETES_EXEC_INFO: JSON.stringify({
          apiVersion: plugin.apiVersion,
          kind: 'ExecCredential',
          spec: { interactive: isInteractive, ...wants },
        }),
      },
    });
    const texts = { printed: '', complaint: '' };
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(isInteractive || process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself in between.
      }
    };
    const settle = (outcome: () => void): void => {
      clearTimeout(deadline);
      process.removeListener('exit', end);
      outcome();
    };
    const deadline = setTimeout(() => {
      end();
      settle(() => reject(late(plugin, patience)));
    }, patience);
    // In a group of its own it hears of no Ctrl-C.
    process.once('exit', end);
    child.stdout?.on('data', (chunk: Buffer) => {
      texts.printed += chunk.toString();
      if (texts.printed.length <= printedLimit) return;
      end();
      settle(() => reject(failed(plugin, 'it prints without end', texts.complaint)));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      texts.complaint = (texts.complaint + chunk.toString()).slice(-complaintLimit);
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(() => reject(error.code === 'ENOENT' ? notThere(plugin) : failed(plugin, error.message, ''))),
    );
    const finish = (code: number | null): void => settle(() => resolve({ code, ...texts }));
    child.on('close', finish);
    // A program that it has left behind may hold its output open for ever.
    child.on('exit', (code) => void setTimeout(finish, outputPatience, code).unref());
  });
}

function unsupported(plugin: ExecPlugin): FaultError {
  return new FaultError({
    code: 'exec-plugin-unsupported',
    message: `The program for the user ${plugin.user} speaks ${JSON.stringify(plugin.apiVersion)}, which kubectl has given up as well.`,
    hint: `Update it, and write apiVersion: ${execVersions[0]} into the kubeconfig.`,
  });
}

function needsPerson(plugin: ExecPlugin): FaultError {
  return new FaultError({
    code: 'exec-plugin-unsupported',
    message: `The program for the user ${plugin.user} has to ask a person, and there is no terminal: ${pluginLine(plugin)}`,
    hint: 'Run this at a terminal.',
  });
}

function notThere(plugin: ExecPlugin): FaultError {
  return new FaultError({
    code: 'exec-plugin-missing',
    message: `The kubeconfig’s user ${plugin.user} logs in by the program ${printable(plugin.command)}, which is not here.`,
    hint:
      plugin.installHint === null ? 'Install it.' : printable(plugin.installHint.replace(/\s+/g, ' ').trim()),
  });
}

function failed(plugin: ExecPlugin, reason: string, complaint: string): FaultError {
  const said = printable(complaint.replace(/\s+/g, ' ').trim());
  return new FaultError({
    code: 'exec-plugin-failed',
    message: `The program that logs in the user ${plugin.user} did not: ${reason}.${said === '' ? '' : ` It says: ${said}`}`,
    hint: 'See what it says when it is run by itself.',
    command: pluginLine(plugin),
  });
}

function late(plugin: ExecPlugin, patience: number): FaultError {
  return new FaultError({
    code: 'exec-plugin-timeout',
    message: `The program that logs in the user ${plugin.user} took more than ${patience / 1000} s, and was ended.`,
    hint: 'See what it waits for when it is run by itself.',
    command: pluginLine(plugin),
  });
}
