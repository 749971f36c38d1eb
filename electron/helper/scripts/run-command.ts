import { spawn } from 'node:child_process';
import { withoutKeys } from '../system/log.ts';
import { programEnvironment } from '../system/programs.ts';

/** How a command ended. */
export interface CommandOutcome {
  readonly end: 'done' | 'failed' | 'timed-out';
  /** Null where a signal ended it, or it could not be started. */
  readonly exitCode: number | null;
  /** The last lines it printed, without keys and control characters. */
  readonly output: readonly string[];
}

/** Milliseconds in which what a bash that has ended wrote last may still be on its way to us. */
const lastWords = 100;

/** Of what a command prints, this much is kept, from the end: in characters, and in lines. */
const kept = { characters: 8192, lines: 20 } as const;

/**
 * Runs a line of a profile in bash, set as wg-quick sets its own: it ends at the first command that fails, and a pipe fails with any of its
 * parts. In `/`, with an environment of our own and no input. A command is over when its bash is: what it leaves running in the background goes on.
 *
 * @param bash absolute path
 * @param limit milliseconds until it is killed, with all that it started
 * @see wireguard-tools src/wg-quick/linux.bash execute_hooks
 */
export function runCommand(bash: string, command: string, limit: number): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const args = ['-e', '-o', 'pipefail', '-O', 'extglob', '-c', '--', command];
    const child = spawn(bash, args, {
      cwd: '/',
      env: { ...programEnvironment },
      // A process group of its own, to be killed as a whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    let exitCode: number | null = null;
    let isLate = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text = endOf(`${text}${part}`);
      });
    }
    const deadline = setTimeout(() => {
      isLate = true;
      endGroup(child.pid);
    }, limit);
    const settle = (): void => {
      const end = isLate ? 'timed-out' : exitCode === 0 ? 'done' : 'failed';
      resolve({ end, exitCode, output: lastLines(text) });
    };
    child.on('error', (error) => {
      clearTimeout(deadline);
      text = error.message;
      settle();
    });
    child.on('close', settle);
    child.on('exit', (code) => {
      clearTimeout(deadline);
      exitCode = code;
      // Whatever stays in the background has our pipes too, and may never close them.
      setTimeout(settle, lastWords);
    });
  });
}

function endGroup(group: number | undefined): void {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** The whole lines at the end of a text that is too long: of half a line nobody could tell whether it holds a key. */
function endOf(text: string): string {
  if (text.length <= kept.characters) return text;
  const end = text.slice(-kept.characters);
  return end.slice(end.indexOf('\n') + 1 || end.length);
}

function lastLines(text: string): string[] {
  return withoutKeys(text)
    .split('\n')
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '')
    .slice(-kept.lines);
}
