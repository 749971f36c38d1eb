/**
 * Starts the helper as root where the system has a prompt of its own for that and no polkit: macOS and Windows. On Linux it is
 * never used (docs/decisions/asking-for-root.md). Not yet verified on a real machine of either.
 */
import { parse, sep } from 'node:path';
import { FaultError, faultOf } from '../../shared/fault.ts';
import type { Fault } from '../../shared/fault.ts';

/** The system's prompt: runs a line of its shell as root, and settles when what it started has ended. */
export type RootPrompt = (
  line: string,
  options: { name: string; env: Record<string, string> },
  done: (error?: Error) => void,
) => void;

/** Whether {@link startHelper} has a prompt to ask with. */
export function canAskForRoot(platform: NodeJS.Platform): boolean {
  return platform === 'darwin' || platform === 'win32';
}

/**
 * The line that starts a program with exactly these words, for the shell that the prompt hands it to: `sh` on macOS, a batch file
 * on Windows.
 *
 * @throws FaultError `helper-start-failed` for a word that no such line can hold
 */
export function lineFor(platform: NodeJS.Platform, words: readonly string[]): string {
  return words.map(platform === 'win32' ? batchWord : shellWord).join(' ');
}

/** The words that start this program as the helper of this user, run as Node. @param folder that of the bundles */
export function helperWords(folder: string, owner: number | null): string[] {
  // What runs as root is a file beside the archive: its path and its folders are checked.
  const beside = folder.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  return [
    process.execPath,
    `${beside}${sep}bin.cjs`,
    'helper',
    ...(owner === null ? [] : ['--owner', String(owner)]),
    ...(beside === folder ? ['--dev'] : []),
  ];
}

/**
 * Asks the person for root and starts the helper. Settles when the helper has ended: with why it would not run, or null
 * where it did or the person declined.
 */
export async function startHelper(prompt?: RootPrompt): Promise<Fault | null> {
  try {
    const line = lineFor(process.platform, helperWords(__dirname, process.getuid?.() ?? null));
    // The prompt has root's shell change into the folder we stand in, whose name somebody else may have chosen.
    process.chdir(parse(process.execPath).root);
    return await ask(prompt ?? (await systemPrompt()), line);
  } catch (error) {
    return faultOf(error);
  }
}

function ask(prompt: RootPrompt, line: string): Promise<Fault | null> {
  return new Promise((resolve) => {
    prompt(line, { name: 'Adit', env: { ELECTRON_RUN_AS_NODE: '1' } }, (error) => {
      resolve(error === undefined || isDeclined(error) ? null : failed(wordsOf(error)));
    });
  });
}

/** Loaded only where it is used. */
async function systemPrompt(): Promise<RootPrompt> {
  const { exec } = await import('@vscode/sudo-prompt');
  return exec;
}

/** The prompt has no code for it, and these are its words in every language. */
function isDeclined(error: Error): boolean {
  return error.message === 'User did not grant permission.';
}

/** What the helper said last, behind the line that failed; or what kept the prompt from being shown. */
function wordsOf({ message }: Error): { reason: string; next: string | null } {
  const lines = message.split(/\r?\n/).filter((line) => line.trim() !== '');
  const said = lines.findIndex((line) => line.startsWith(helperPrefix));
  if (said < 0) return { reason: lines.at(-1) ?? message, next: null };
  return { reason: (lines[said] ?? '').slice(helperPrefix.length), next: lines[said + 1] ?? null };
}

/** What the helper's own words begin with, in front of its hint. */
const helperPrefix = 'adit: ';

function failed({ reason, next }: ReturnType<typeof wordsOf>): Fault {
  return {
    code: 'helper-start-failed',
    message: `The helper did not start: ${reason}`,
    hint: next ?? 'Try again, or start it by hand as an administrator: adit helper.',
  };
}

function shellWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Within quotes a batch file leaves all as it is but `%`; a quote itself no Windows path can hold. */
function batchWord(word: string): string {
  if (/["\r\n]/.test(word)) throw new FaultError(failed({ reason: `no line can hold ${word}.`, next: null }));
  return `"${word.replaceAll('%', '%%')}"`;
}
