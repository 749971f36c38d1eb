import { spawn } from 'node:child_process';
import { launcherPath } from '../../../shared/contract/helper/installed.ts';
import type { Fault } from '../../../shared/fault.ts';
import { canUsePkexec, pkexecPath, startFacts } from './start-command.ts';

/** What pkexec ends with (pkexec(1)): the person closed the question; polkit said no, or nobody could be asked. */
const dismissed = 126;
const refused = 127;

/** Starts the helper, and settles when it is ready: with null, or with why it is not. Never rejects. */
export type StartHelper = () => Promise<Fault | null>;

/** How the helper at a socket is started by polkit; null where Adit is not installed so that it can be. */
export function pkexecStart(socket: string): StartHelper | null {
  return canUsePkexec(startFacts(socket)) ? runLauncher : null;
}

function runLauncher(): Promise<Fault | null> {
  return new Promise((resolve) => {
    // Who has started us from a terminal is asked by the desktop all the same, and not where nobody looks.
    const child = spawn(pkexecPath, ['--disable-internal-agent', launcherPath], {
      cwd: '/',
      // Its question is in the person's language. It refuses to run where SHELL is one it does not know.
      env: pick(process.env, ['LANG', 'LANGUAGE', 'LC_ALL', 'LC_MESSAGES']),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => resolve(failed(error.message)));
    child.on('close', (code) => resolve(outcome(code, stdout, stderr)));
  });
}

/** What the end of pkexec, or of the launcher that it has become, means. */
export function outcome(code: number | null, stdout: string, stderr: string): Fault | null {
  if (code === 0) return null;
  if (code === dismissed) return notAllowed('the question was closed');
  if (code === refused) return notAllowed(refusalIn(stderr));
  const fault = faultIn(stdout);
  // Somebody else was faster, and that helper serves as well.
  if (fault?.code === 'helper-already-running') return null;
  return fault ?? failed(lastLine(stderr) ?? `the launcher ended with ${code ?? 'a signal'}`);
}

/** The fault that the helper printed in place of `ready`. */
function faultIn(stdout: string): Fault | null {
  try {
    const { error } = JSON.parse(stdout) as { error?: Partial<Fault> };
    const isFault = [error?.code, error?.message, error?.hint].every((part) => typeof part === 'string');
    return isFault ? (error as Fault) : null;
  } catch {
    return null;
  }
}

/** pkexec has one code for a no, and for nobody being there to ask (polkit's pkexec.c). */
function refusalIn(stderr: string): string {
  return /authentication agent/i.test(stderr)
    ? 'no program of this session can ask for a password, which is a polkit agent’s work'
    : 'the policy of this machine says no';
}

function lastLine(text: string): string | undefined {
  const line = text
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .at(-1);
  return line?.replace(/^adit: /, '').replace(/\.$/, '');
}

function notAllowed(reason: string): Fault {
  return {
    code: 'helper-start-refused',
    message: `The helper was not allowed to start: ${reason}.`,
    hint: 'Only an administrator of this machine can allow it, once for a session. Try again, or have one run this command.',
    command: `pkexec ${launcherPath}`,
  };
}

function failed(reason: string): Fault {
  return {
    code: 'helper-start-failed',
    message: `The helper did not start: ${reason}.`,
    hint: 'Its log says why: "journalctl -u adit-helper@UID", or /run/adit/UID/helper.log where there is no systemd.',
  };
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}
