import { describe, expect, it } from 'vitest';
import { versionText } from '../../../electron/helper/engine/engine-version.ts';
import { readGoBuild } from '../../../electron/helper/engine/go-build.ts';

const pinned = 'v0.0.0-20260522210424-ecfc5a8d5446';
const mod = `mod\tgolang.zx2c4.com/wireguard\t${pinned}\th1:cqHQ3AycTHvM2R7ikgyX57D+XvtcSnGylsLkOVhta/w=`;

/** A program as Go leaves it: machine code, the record at a multiple of 16, more machine code. */
function programOf(lines: readonly string[], at = 0x40): Buffer {
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 'latin1');
  header[14] = 8;
  header[15] = 2;
  const frame = '\x01'.repeat(16);
  const record = `${frame}${lines.map((line) => `${line}\n`).join('')}${frame}`;
  return Buffer.concat([Buffer.alloc(at, 0x90), header, text('go1.26.8'), text(record), Buffer.alloc(99)]);
}

/** A text behind its length, as encoding/binary.PutUvarint writes it. */
function text(value: string): Buffer {
  const length: number[] = [];
  let rest = value.length;
  for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), Buffer.from(value, 'latin1')]);
}

describe('what Go wrote into a program', () => {
  it('names the version of its module, and its tags', () => {
    const lines = ['path\tgolang.zx2c4.com/wireguard', mod, 'build\t-compiler=gc', 'build\t-tags=adit,x'];
    expect(readGoBuild(programOf(lines))).toEqual({ version: pinned, tags: ['adit', 'x'] });
  });

  it('names none where loose sources were built, as Debian does', () => {
    const lines = ['path\tgolang.zx2c4.com/wireguard', 'build\t-trimpath=true'];
    expect(readGoBuild(programOf(lines))).toEqual({ version: null, tags: [] });
  });

  it('is found behind something that only looks like its start', () => {
    const program = programOf([mod], 0x80);
    program.write('\xff Go buildinf:', 0x33, 'latin1');
    expect(readGoBuild(program)?.version).toBe(pinned);
  });

  it('is none in a program that Go did not build, or an old Go', () => {
    expect(readGoBuild(Buffer.from('#!/bin/sh\n'))).toBeNull();
    const old = programOf([mod]);
    old[0x40 + 15] = 0;
    expect(readGoBuild(old)).toBeNull();
  });

  it('is none where it is cut off, wherever that is', () => {
    const program = programOf([mod]);
    const whole = program.length - 99;
    for (let length = 0; length < whole; length += 1) {
      expect(readGoBuild(program.subarray(0, length)), `${length} bytes`).toBeNull();
    }
    expect(readGoBuild(program.subarray(0, whole))?.version).toBe(pinned);
  });
});

describe('the version of wireguard-go in the status', () => {
  it('is the day of a commit, or the number of a release, and says whose it is', () => {
    expect(versionText(pinned, true)).toBe('0.0.20260522 (Adit’s own)');
    expect(versionText(pinned, false)).toBe('0.0.20260522');
    expect(versionText('v0.0.20220316', false)).toBe('0.0.20220316');
  });
});
