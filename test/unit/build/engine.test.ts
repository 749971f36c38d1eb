import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOlder, licenceText, linkedModules, oldestGo } from '../../../build/engine/go.ts';
import { temporaryFolder } from '../machine.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('the Go that builds the engine', () => {
  it('is as new as go.mod says, or newer', () => {
    expect(oldestGo('module adit/engine\n\ngo 1.24\n\ntool x\n')).toBe('1.24');
    expect(isOlder('go1.19.8', '1.24')).toBe(true);
    expect(isOlder('go1.24', '1.24')).toBe(false);
    expect(isOlder('go1.26.8', '1.24.1')).toBe(false);
    expect(isOlder('go2.0', '1.24')).toBe(false);
    expect(isOlder('devel go1.27-abcdef', '1.24')).toBe(false);
  });

  it('where there is none, is asked for in one sentence', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, 'build', 'engine.ts')], {
      env: { PATH: temporaryFolder() },
      encoding: 'utf8',
    });
    const { 1: needed } = /^go (\S+)$/m.exec(readFileSync(join(root, 'build/engine/go.mod'), 'utf8')) ?? [];
    expect(stderr).toBe(
      `Adit’s own engine is not built: no Go is installed here: install Go ${needed ?? '?'} or newer (Debian’s package is golang-go).\n`,
    );
    expect([status, stdout]).toEqual([1, '']);
  });
});

describe('the licences of the engine', () => {
  const moduleWith = (
    name: string,
    files: Readonly<Record<string, string>>,
  ): { name: string; folder: string } => {
    const folder = join(temporaryFolder(), 'module with a space');
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return { name, folder };
  };

  it('are those of every module that is linked in, each once', () => {
    const listing = 'b.example/two v2 /cache/b b\na.example v1 /cache/a\nb.example/two v2 /cache/b b\n';
    expect(linkedModules(listing)).toEqual([
      { name: 'a.example v1', folder: '/cache/a' },
      { name: 'b.example/two v2', folder: '/cache/b b' },
    ]);
  });

  it('stand under the names of their modules, with the copyright of the sources where they have none themselves', () => {
    const text = licenceText([
      moduleWith('a v1', { LICENSE: 'Copyright A\nDo.' }),
      moduleWith('b v2', {
        LICENSE: 'Do too.',
        'main.go': '/*\n * Copyright (C) B. All.\n */\npackage main',
      }),
    ]);
    expect(text).toContain('a v1\n\nCopyright A\nDo.\n');
    expect(text).toContain('b v2\n\nCopyright (C) B. All.\n\nDo too.\n');
  });

  it('are never left out', () => {
    expect(() => licenceText([moduleWith('a v1', {})])).toThrow('a v1 has no licence');
    expect(() => licenceText([moduleWith('b v2', { LICENSE: 'Do.', 'main.go': 'package main' })])).toThrow(
      'names no owner',
    );
  });

  it('of Go itself, which Debian keeps elsewhere, are those of its modules', () => {
    const go = moduleWith('Go’s standard library, go1.24', {});
    const sister = moduleWith('golang.org/x/sys v1', { LICENSE: 'Copyright 2009 The Go Authors.' });
    expect(licenceText([sister, go]).match(/Copyright 2009 The Go Authors\./g)).toHaveLength(2);
    expect(() => licenceText([go])).toThrow('no licence');
  });
});
