import { describe, expect, it } from 'vitest';
import { has, valueOf } from '../../../electron/cli/command.ts';
import type { Command } from '../../../electron/cli/command.ts';
import { helpOf, usageOf } from '../../../electron/cli/help.ts';
import { parseWords } from '../../../electron/cli/parse.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';

const command: Command = {
  name: 'try',
  operands: 'NAME [OTHER]',
  arity: { least: 1, most: 2 },
  summary: 'Try something',
  details: ['One line.', 'And another.'],
  options: {
    all: { kind: 'flag', summary: 'All of it' },
    port: { kind: 'value', placeholder: 'N', summary: 'A port' },
    wait: { kind: 'optional', placeholder: 'SECONDS', summary: 'Wait' },
    accept: { kind: 'value', placeholder: 'CODE', summary: 'Go on', repeats: true },
  },
  run: () => Promise.resolve(null),
};

function faultIn(...words: string[]): Fault {
  try {
    parseWords(command, words);
  } catch (error) {
    return faultOf(error);
  }
  throw new Error(`taken: ${words.join(' ')}`);
}

describe('the words of a command line', () => {
  it('are operands and options, in any order', () => {
    const given = parseWords(command, ['--all', 'home', '--port', '80', '--accept=a', '--accept', 'b', 'x']);
    expect(given.operands).toEqual(['home', 'x']);
    expect([has(given, 'all'), has(given, 'wait'), valueOf(given, 'port')]).toEqual([true, false, '80']);
    expect(given.options.get('accept')).toEqual(['a', 'b']);
  });

  it('may leave out a value that may be left out, without losing the next word', () => {
    expect(parseWords(command, ['--wait', 'home'])).toMatchObject({ operands: ['home'] });
    expect(valueOf(parseWords(command, ['home', '--wait']), 'wait')).toBe('');
    expect(valueOf(parseWords(command, ['home', '--wait=5']), 'wait')).toBe('5');
  });

  it('behind -- are operands, whatever they begin with', () => {
    expect(parseWords(command, ['--', '-home', '--wait']).operands).toEqual(['-home', '--wait']);
  });

  it('may be too few or too many', () => {
    expect(faultIn()).toMatchObject({ code: 'wrong-usage', message: 'Something is missing.' });
    expect(faultIn('a', 'b', 'c')).toMatchObject({
      code: 'wrong-usage',
      message: 'There is a word too many.',
    });
    expect(parseWords(command, ['--help']).operands).toEqual([]);
  });

  it.each([
    [['home', '--nothing']],
    [['home', '-x']],
    [['home', '--all=yes']],
    [['home', '--port']],
    [['home', '--json=1']],
  ])('are not taken: %j', (words) => {
    const { code, hint, message } = faultIn(...words);
    expect([code, hint]).toEqual(['wrong-usage', usageOf(command)]);
    expect(message).toMatch(/^[^.]+\.$/);
  });
});

describe('the help of a command', () => {
  it('says how it is written, what it does and every option it has', () => {
    expect(helpOf(command)).toBe(
      `adit try NAME [OTHER] [--all] [--port N] [--wait[=SECONDS]] [--accept CODE ...] [--json]

Try something

One line.
And another.

Options:
  --all              All of it
  --port N           A port
  --wait[=SECONDS]   Wait
  --accept CODE ...  Go on
  --json             One JSON value instead of words
  --help             This help`,
    );
  });
});
