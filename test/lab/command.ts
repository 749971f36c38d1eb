import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

/** How one command is run to its end. */
export interface RunOptions {
  /** Text for its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Milliseconds after which it is killed and the run fails; 10,000 unless told. */
  readonly timeoutMs?: number;
  /** Give the result of a command that fails or does not end in time instead of throwing. */
  readonly allowFailure?: boolean;
  /** Added to the bare environment of {@link labEnvironment}. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory; that of this process unless told. */
  readonly cwd?: string;
}

/** What a command that has ended left. `code` is null when a signal ended it. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Where commands run: a host of the lab, or the machine itself. */
export interface Shell {
  readonly name: string;
  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
}

/** A command that failed, was killed or did not end in time; the message holds what it wrote to stderr. */
export class CommandFailed extends Error {
  readonly where: string;
  readonly result: CommandResult;

  constructor(where: string, argv: readonly string[], reason: string, result: CommandResult) {
    super(`${where}: ${argv.join(' ')}\n${reason}\n${(result.stderr || result.stdout).trim()}`);
    this.name = 'CommandFailed';
    this.where = where;
    this.result = result;
  }
}

/** Longest output that is kept of one command, in characters; the rest is dropped. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** A daemon that keeps its parent's standard output open must not hold up the result, in milliseconds. */
const DRAIN_MS = 250;

/**
 * The environment of everything that runs in a lab: nothing of the caller's but HOME and TERM, since a stray
 * LOG_LEVEL makes wireguard-go keep the caller's terminal, and NODE_OPTIONS or VITEST change what node does.
 */
export function labEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: process.env['HOME'] ?? '/root',
    TERM: process.env['TERM'] ?? 'dumb',
    // Node's pipes are sockets, and Debian's bash (wg-quick is one) takes a socket at its standard input for
    // rshd's and reads the user's bashrc, unless it is told that it is no outermost shell.
    SHLVL: '1',
    LC_ALL: 'C.UTF-8',
    ...more,
  };
}

/**
 * Runs `argv` to its end. `kill` ends it when its time is over: what was spawned may only stand for the program.
 * @throws {CommandFailed} on any exit but 0, unless `allowFailure`.
 */
export async function runCommand(
  where: string,
  argv: readonly string[],
  options: RunOptions,
  spawned: readonly string[] = argv,
  kill: (pid: number) => void = (pid) => process.kill(pid, 'SIGKILL'),
): Promise<CommandResult> {
  const { timeoutMs = 10_000 } = options;
  const [program = '', ...rest] = spawned;
  const child = spawn(program, rest, {
    env: labEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < OUTPUT_LIMIT) stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < OUTPUT_LIMIT) stderr += text;
  });
  // A program that does not read its input gives EPIPE, which its own exit explains better.
  child.stdin.on('error', () => undefined).end(options.input ?? '');

  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    if (child.pid !== undefined) kill(child.pid);
  }, timeoutMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
    child.on('exit', (exitCode) => setTimeout(() => resolve(exitCode), DRAIN_MS));
  }).finally(() => clearTimeout(timer));

  const result = { stdout, stderr, code };
  if (options.allowFailure === true || (code === 0 && !late.signal.aborted)) return result;
  const reason = late.signal.aborted
    ? `did not end within ${timeoutMs} ms`
    : code === null
      ? 'was ended by a signal'
      : `exit code ${code}`;
  throw new CommandFailed(where, argv, reason, result);
}

/** The machine the lab stands on. For looking only: its network is never changed. */
export const machine: Shell = {
  name: 'machine',
  run: (argv, options = {}) => runCommand('machine', argv, options),
};
