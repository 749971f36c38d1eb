import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { canAskForRoot, helperWords, lineFor, startHelper } from '../../../electron/shell/elevate.ts';
import type { RootPrompt } from '../../../electron/shell/elevate.ts';
import { faultOf } from '../../../shared/fault.ts';
import { temporaryFolder } from '../machine.ts';

const folder = process.cwd();
afterEach(() => process.chdir(folder));

describe('the line that the system’s prompt runs as root', () => {
  it('is one only where there is such a prompt, and no polkit', () => {
    expect(canAskForRoot('darwin')).toBe(true);
    expect(canAskForRoot('win32')).toBe(true);
    expect(canAskForRoot('linux')).toBe(false);
  });

  it('gives a shell exactly the words, whatever they hold', () => {
    const shown = 'for word; do printf "%s\\0" "$word"; done';
    const received = (words: readonly string[]): string[] =>
      execFileSync('/bin/sh', ['-c', lineFor('darwin', ['/bin/sh', '-c', shown, 'sh', ...words])], {
        encoding: 'utf8',
      })
        .split('\0')
        .slice(0, -1);
    const words = fc.array(fc.string({ unit: 'grapheme' }).map((word) => word.replaceAll('\0', '')));
    fc.assert(
      fc.property(words, (given) => {
        expect(received(given)).toEqual(given);
      }),
      { numRuns: 50 },
    );
  });

  it('starts a program in a folder of any name, and runs nothing of that name', () => {
    const place = temporaryFolder();
    const odd = join(place, `A'dit "$(touch owned)" \`touch owned\` %PATH%; touch owned`);
    mkdirSync(odd);
    const program = join(odd, 'program');
    writeFileSync(program, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const said = execFileSync('/bin/sh', ['-c', lineFor('darwin', [program, 'helper'])], {
      cwd: place,
      encoding: 'utf8',
    });
    expect(said).toBe('helper\n');
    expect(existsSync(join(place, 'owned'))).toBe(false);
  });

  it('is quoted for a batch file on Windows', () => {
    const words = ['C:\\Program Files\\100% Adit & Co\\Adit.exe', 'helper'];
    expect(lineFor('win32', words)).toBe('"C:\\Program Files\\100%% Adit & Co\\Adit.exe" "helper"');
    for (const word of ['a"b', 'a\r\nb']) {
      const refusal = (): string => lineFor('win32', [word]);
      expect(refusal).toThrow(/no line can hold/);
    }
  });

  it('starts the helper that stands beside the archive, and a checkout’s as one', () => {
    const packaged = '/Applications/Adit.app/Contents/Resources/app.asar/dist';
    expect(helperWords(packaged, 501)).toEqual([
      process.execPath,
      '/Applications/Adit.app/Contents/Resources/app.asar.unpacked/dist/bin.cjs',
      'helper',
      '--owner',
      '501',
    ]);
    expect(helperWords('/src/dist', null).slice(1)).toEqual(['/src/dist/bin.cjs', 'helper', '--dev']);
  });
});

describe('starting the helper by the system’s prompt', () => {
  it('runs the line as Node, under our own name, and in no folder that somebody has named', async () => {
    const asked: unknown[] = [];
    const prompt: RootPrompt = (line, options, done) => {
      asked.push({ line, options, folder: process.cwd() });
      done();
    };
    expect(await startHelper(prompt)).toBeNull();
    expect(asked).toEqual([
      {
        line: expect.stringMatching(/^'.*' '.*bin\.cjs' 'helper'/) as string,
        options: { name: 'Adit', env: { ELECTRON_RUN_AS_NODE: '1' } },
        folder: '/',
      },
    ]);
  });

  it('says what the helper said, where it would not run', async () => {
    const said = [
      "Command failed: '/x' helper",
      '2026-01-01 WARNING reason=x',
      'adit: The helper cannot make tunnels on macOS yet.',
      'Run Adit on Linux.',
      '',
    ].join('\n');
    expect(await startHelper((_line, _options, done) => done(new Error(said)))).toEqual({
      code: 'helper-start-failed',
      message: 'The helper did not start: The helper cannot make tunnels on macOS yet.',
      hint: 'Run Adit on Linux.',
    });
    expect(await startHelper((_line, _options, done) => done(new Error('no prompt')))).toMatchObject({
      message: 'The helper did not start: no prompt',
      hint: expect.stringMatching(/\w/) as string,
    });
  });

  it('says nothing where the person declined', async () => {
    const decline: RootPrompt = (_line, _options, done) => done(new Error('User did not grant permission.'));
    expect(await startHelper(decline)).toBeNull();
  });

  it('gives a fault of a prompt that cannot be asked at all', async () => {
    const broken: RootPrompt = () => {
      throw new Error('broken');
    };
    expect(await startHelper(broken)).toEqual(faultOf(new Error('broken')));
  });
});
