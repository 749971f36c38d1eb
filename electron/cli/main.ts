import { placesOf } from '../backend/environment.ts';
import { FaultError, faultOf } from '../../shared/fault.ts';
import type { Fault } from '../../shared/fault.ts';
import { version } from '../../shared/version.ts';
import type { Answer, Command } from './command.ts';
import { has } from './command.ts';
import { commands } from './commands/all.ts';
import type { KnownCommand } from './commands/all.ts';
import { helpOf, helpOfAll, helpOfGroup } from './help.ts';
import { parseWords } from './parse.ts';

/** Runs the command that some words name, and gives the exit code. */
async function runWords(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    print(helpOfAll(await loaded(commands)));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === 'version') {
    print(version);
    return 0;
  }
  let full = name;
  let behind: readonly string[] = rest;
  // A name of several words is found word by word.
  for (let members = commandsIn(full); members.length > 0; members = commandsIn(full)) {
    const [next, ...others] = behind;
    if (next === undefined || next === '--help' || next === '-h') {
      print(helpOfGroup(full, await loaded(members)));
      return next === undefined ? 2 : 0;
    }
    full = `${full} ${next}`;
    behind = others;
    if (!members.some((member) => `${member.name} `.startsWith(`${full} `)))
      throw unknownCommand(full, members);
  }
  const known = commands.find((other) => other.name === full);
  if (known === undefined) throw unknownCommand(full, commands);
  const command = await known.load();
  const given = parseWords(command, behind);
  if (has(given, 'help')) {
    print(helpOf(command));
    return 0;
  }
  return answer(command, given, wantsJson(words));
}

function loaded(known: readonly KnownCommand[]): Promise<Command[]> {
  return Promise.all(known.map(({ load }) => load()));
}

/** The commands whose names begin with these words. */
function commandsIn(words: string): KnownCommand[] {
  return commands.filter((other) => other.name.startsWith(`${words} `));
}

/** The signal that ends a command at once, while it is ending. */
const patience = 3;

/** Whether the answer is wanted as JSON; of commands on clusters that is said as kubectl has it, too. */
function wantsJson(words: readonly string[]): boolean {
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  if (own.includes('--json')) return true;
  return own[0] === 'cluster' && / (-o|--output)[ =]?json( |$)/.test(own.join(' '));
}

async function answer(
  command: Command,
  given: ReturnType<typeof parseWords>,
  json: boolean,
): Promise<number> {
  const say = ({ json: value, text, verbatim, bytes, remarks = [] }: Answer): void => {
    if (!json) for (const remark of remarks) process.stderr.write(`adit: ${remark}\n`);
    if (json) print(JSON.stringify(value));
    else if (bytes !== undefined) process.stdout.write(bytes);
    else if (verbatim === true) process.stdout.write(text);
    else if (text !== '') print(text);
  };
  const result = await command.run({
    places: placesOf(process.env),
    given,
    json,
    isTerminal: process.stdout.isTTY,
    say,
    onInterrupt: (listener) => {
      let count = 0;
      const interrupted = (): void => {
        count += 1;
        if (count === 1) listener();
        // Whoever insists goes without what would be undone.
        if (count >= patience) process.exit(130);
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
    },
  });
  if (result !== null) say(result);
  return result?.exitCode ?? 0;
}

/** Ends the program with a fault, in the form that the one who called it reads. */
function fail(error: unknown, json: boolean): number {
  const fault = faultOf(error);
  if (process.env['ADIT_DEBUG'] === '1' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  if (json) print(JSON.stringify({ error: fault }));
  else process.stderr.write(`${faultText(fault)}\n`);
  return fault.code === 'wrong-usage' ? 2 : 1;
}

function faultText({ code, message, hint, command }: Fault): string {
  return [
    `adit: ${message}`,
    `  ${hint}`,
    ...(command === undefined ? [] : [`  $ ${command}`]),
    `  (${code})`,
  ].join('\n');
}

function unknownCommand(name: string, known: readonly KnownCommand[]): FaultError {
  return new FaultError({
    code: 'wrong-usage',
    message: `There is no command ${JSON.stringify(name)}.`,
    hint: `There are: ${known.map((command) => command.name).join(', ')}.`,
    command: 'adit --help',
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

// Whoever reads us may have enough before we are done: "adit list | head -1" is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const words = process.argv.slice(2);
runWords(words)
  .catch((error: unknown) => fail(error, wantsJson(words)))
  .then(
    (code) => (process.exitCode = code),
    () => (process.exitCode = 1),
  );
