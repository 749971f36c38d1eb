import { spawn } from 'node:child_process';
import { Gate } from './gate.ts';
import { programEnvironment } from './programs.ts';

/** What a program printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that ended badly, was stopped at its deadline, or could not be started. */
export class ProgramError extends Error {
  readonly program: string;
  /** Null where a signal ended it or it never ran. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The milliseconds after which it was stopped; null where it ended by itself. */
  readonly stoppedAfter: number | null;

  constructor(
    program: string,
    exitCode: number | null,
    { stdout, stderr }: Output,
    stoppedAfter: number | null = null,
  ) {
    const end =
      stoppedAfter === null
        ? `ended with ${exitCode ?? 'a signal'}`
        : `had not ended after ${stoppedAfter / 1000} s`;
    const complaint = complaintIn(stderr);
    super(
      `${program}: ${stoppedAfter === null ? (complaint ?? end) : [end, complaint].filter(Boolean).join(': ')}`,
    );
    this.name = 'ProgramError';
    this.program = program;
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
    this.stoppedAfter = stoppedAfter;
  }
}

/** How to run a program. */
export interface RunOptions {
  /** Text for its standard input; without it, that is empty. */
  readonly input?: string;
  /** Milliseconds until it is stopped; 10 s unless said. */
  readonly timeout?: number;
  /** More environment variables beside {@link programEnvironment}. */
  readonly environment?: Readonly<Record<string, string>>;
}

const defaultTimeout = 10_000;

/** Programs at a time, whoever wants them: without a bound a flood of questions is a flood of root's processes. */
export const mostPrograms = 48;

const places = new Gate(mostPrograms);

/** No program of ours prints more; one that does is stopped. In bytes. */
const outputLimit = 64 * 1024 * 1024;

/**
 * Runs a program by its absolute path, without a shell, in `/`, with an environment of our own. One that is stopped is stopped with all
 * that it has started and not made independent. Where {@link mostPrograms} run it waits for one of them to end.
 *
 * @throws ProgramError where it does not end with exit code 0 in time
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  return places.pass(() => runNow(program, args, options));
}

function runNow(program: string, args: readonly string[], options: RunOptions): Promise<Output> {
  const { timeout = defaultTimeout } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...programEnvironment, ...options.environment },
      // Out of our session: what is typed at a terminal to end the helper must not end the engine that wg-quick starts. And in a
      // group of its own, so that it can be stopped as a whole.
      detached: true,
      // A script's bash that finds a socket for its input, as Node's pipes are, takes itself for a login and reads ~/.bashrc.
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let stoppedAfter: number | null = null;
    const stop = (): void => {
      killGroup(child.pid);
      // Whoever has left the group may hold the other end for ever.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    };
    const collectInto = (parts: Buffer[]) => (part: Buffer) => {
      size += part.length;
      parts.push(part);
      if (size > outputLimit) stop();
    };
    child.stdout?.on('data', collectInto(stdout));
    child.stderr?.on('data', collectInto(stderr));
    const deadline = setTimeout(() => {
      stoppedAfter = timeout;
      stop();
    }, timeout);

    child.on('error', (error) => {
      clearTimeout(deadline);
      reject(new ProgramError(program, null, { stdout: '', stderr: error.message }));
    });
    child.on('close', (code) => {
      clearTimeout(deadline);
      const output = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
      if (code === 0 && stoppedAfter === null) resolve(output);
      else reject(new ProgramError(program, code, output, stoppedAfter));
    });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/** The last line that says something; `ip -batch` ends with the number of the line it stopped at. */
function complaintIn(stderr: string): string | undefined {
  return stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Command failed'))
    .at(-1);
}
