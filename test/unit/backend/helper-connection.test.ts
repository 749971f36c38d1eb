import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import { tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { helperProtocol } from '../../../shared/contract/helper/verbs.ts';
import { responseLimitBytes } from '../../../shared/contract/helper/framing.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import { tunnelOf } from '../contract/tunnels.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { framed, helperAt, strangerAt } from './helpers.ts';
import { asUser } from './users.ts';

afterEach(() => {
  vi.useRealTimers();
});

function socketPath(): string {
  return join(temporaryFolder(), 'helper.sock');
}

async function opened(path: string): Promise<HelperConnection> {
  const connection = await HelperConnection.open(path);
  onTestFinished(() => connection.close());
  return connection;
}

async function faultIn(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => faultOf(error),
  );
  if (outcome === null) throw new Error('it did not fail');
  return outcome;
}

const hello = { protocol: helperProtocol, version: '1.2.3', owner: 0, pid: 1 };

describeWith(['root'], 'a helper', () => {
  it('is asked, and answers', async () => {
    const path = socketPath();
    await helperAt(path, { status: () => Promise.resolve([tunnelStatus()]) });
    const connection = await opened(path);
    expect(connection.version).toBe('1.2.3');
    expect(await connection.ask('status', {})).toEqual([tunnelStatus()]);
  });

  it('refuses with a fault that comes over whole', async () => {
    const fault = { code: 'link-failed', message: 'm', hint: 'h', command: 'c' } as const;
    const path = socketPath();
    await helperAt(path, { up: () => Promise.reject(new FaultError(fault)) });
    const connection = await opened(path);
    const question = { tunnel: tunnelToMessage(tunnelOf()), wait: null };
    expect(await faultIn(connection.ask('up', question))).toEqual(fault);
    expect(await connection.ask('status', {})).toEqual([]);
  });

  it('tells those who watch of every change', async () => {
    const path = socketPath();
    const helper = await helperAt(path, { watch: () => Promise.resolve([tunnelStatus()]) });
    const connection = await opened(path);
    const changes: TunnelChange[] = [];
    expect(await connection.watch((change) => changes.push(change))).toEqual([tunnelStatus()]);
    helper.tell({ interface: 'home', head: null });
    await expect.poll(() => changes).toEqual([{ interface: 'home', head: null }]);
  });

  it('that speaks an older or a newer contract is told from ours', async () => {
    for (const [protocol, code] of [
      [helperProtocol - 1, 'helper-too-old'],
      [helperProtocol + 1, 'helper-too-new'],
    ] as const) {
      const path = socketPath();
      const socketEnds: string[] = [];
      await helperAt(path, {
        hello: (_, session) => {
          session.introduce();
          session.watching(() => socketEnds.push('end'));
          return Promise.resolve({ ...hello, protocol });
        },
      });
      const fault = await faultIn(HelperConnection.open(path));
      expect(fault.code).toBe(code);
      expect(fault.message).toContain('1.2.3');
      await expect.poll(() => socketEnds).toEqual(['end']);
    }
  });
});

describeWith(['root'], 'a helper that cannot be reached', () => {
  it('does not run, where there is no socket, or a dead one', async () => {
    const path = socketPath();
    const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect((await faultIn(HelperConnection.open(path))).code).toBe('helper-not-running');
    spawnSync(process.execPath, ['-e', program]);
    expect((await faultIn(HelperConnection.open(path))).code).toBe('helper-not-running');
    const fault = await faultIn(HelperConnection.open(join(temporaryFolder(), 'none', 'helper.sock')));
    expect(fault.code).toBe('helper-not-running');
    expect(fault.command).toContain('adit helper');
  });

  it('does not run below a path that is none', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('loop', join(folder, 'loop'));
    for (const path of [
      'file/helper.sock',
      `${'x'.repeat(300)}/helper.sock`,
      'loop/helper.sock',
      'x'.repeat(200),
    ])
      expect((await faultIn(HelperConnection.open(join(folder, path)))).code, path).toBe(
        'helper-not-running',
      );
  });

  it('is lost where it goes before it has said hello', async () => {
    const path = socketPath();
    await strangerAt(path, { met: (socket) => socket.destroy() });
    expect((await faultIn(HelperConnection.open(path))).code).toBe('helper-lost');
  });

  it('is lost where it goes in the middle of a verb, and every question with it', async () => {
    const path = socketPath();
    const helper = await helperAt(path, { status: () => new Promise(() => undefined) });
    const connection = await opened(path);
    const ends: string[] = [];
    connection.onEnd(({ code }) => ends.push(code));
    const questions = [connection.ask('status', {}), connection.ask('status', {})].map(faultIn);
    await nextTurn();
    await helper.end();
    expect((await Promise.all(questions)).map(({ code }) => code)).toEqual(['helper-lost', 'helper-lost']);
    expect(ends).toEqual(['helper-lost']);
    expect((await faultIn(connection.ask('status', {}))).code).toBe('helper-lost');
  });

  it('is late where it does not answer in time, and later where it was asked to wait', async () => {
    const path = socketPath();
    await helperAt(path, { status: () => new Promise(() => undefined) });
    const connection = await opened(path);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const codes: string[] = [];
    const soon = faultIn(connection.ask('status', {})).then(({ code }) => codes.push(`soon ${code}`));
    const later = faultIn(connection.ask('status', {}, 30_000)).then(({ code }) =>
      codes.push(`later ${code}`),
    );
    await vi.advanceTimersByTimeAsync(9_999);
    expect(codes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await soon;
    expect(codes).toEqual(['soon helper-timeout']);
    await vi.advanceTimersByTimeAsync(30_000);
    await later;
    expect(codes).toEqual(['soon helper-timeout', 'later helper-timeout']);
  });

  it('is late where it does not say hello within 5 s', async () => {
    const path = socketPath();
    await strangerAt(path, {});
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const fault = faultIn(HelperConnection.open(path));
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await fault).code).toBe('helper-timeout');
  });
});

describeWith(['root'], 'something else that listens', () => {
  it.each([
    ['no frame', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['an empty frame', Buffer.from([0, 0, 0, 0])],
    ['a frame of no JSON', Buffer.from([0, 0, 0, 2, 0x7b, 0x7b])],
    ['a frame of nothing we know', Buffer.from(framed({ hello: 'world' }))],
    ['null', Buffer.from(framed(null))],
    [
      'a change that is none',
      Buffer.from(framed({ jsonrpc: '2.0', method: 'change', params: { state: 'up' } })),
    ],
    ['a frame beyond the limit', Buffer.from([(responseLimitBytes >> 24) + 1, 0, 0, 0])],
  ])('and sends %s is not ours', async (_, bytes) => {
    const path = socketPath();
    await strangerAt(path, { met: (socket) => socket.write(bytes) });
    expect((await faultIn(HelperConnection.open(path))).code).toBe('helper-not-ours');
  });

  it('and answers as no helper does is not ours', async () => {
    for (const result of [null, {}, 'hello', { ...hello, protocol: '1' }, [hello]]) {
      const path = socketPath();
      await strangerAt(path, {
        heard: ({ id }, socket) => socket.write(framed({ jsonrpc: '2.0', id, result })),
      });
      expect((await faultIn(HelperConnection.open(path))).code, JSON.stringify(result)).toBe(
        'helper-not-ours',
      );
    }
  });

  it('and refuses as no helper does is told of in our words', async () => {
    for (const error of [
      { code: -32_601, message: 'Method not found' },
      { code: -32_000, message: 'x', data: { code: 'rm -rf', message: 'x', hint: 'x' } },
    ]) {
      const path = socketPath();
      await strangerAt(path, {
        heard: ({ id }, socket) => socket.write(framed({ jsonrpc: '2.0', id, error })),
      });
      expect((await faultIn(HelperConnection.open(path))).code).toBe('request-invalid');
    }
  });

  it('is not told anything where it is no socket', async () => {
    const path = socketPath();
    writeFileSync(path, '');
    expect((await faultIn(HelperConnection.open(path))).code).toBe('helper-not-ours');
    mkdirSync(`${path}.d`);
    expect((await faultIn(HelperConnection.open(`${path}.d`))).code).toBe('helper-not-ours');
  });
});

describeWith(['root'], 'a socket that somebody else could have put there', () => {
  /** A stranger that would answer as the helper does, and whether anybody spoke to it. */
  async function trap(path: string): Promise<{ spokenTo: () => boolean }> {
    let spokenTo = false;
    await strangerAt(path, {
      met: () => (spokenTo = true),
      heard: ({ id }, socket) => socket.write(framed({ jsonrpc: '2.0', id, result: hello })),
    });
    return { spokenTo: () => spokenTo };
  }

  it('is not spoken to where it belongs to another user', async () => {
    const path = socketPath();
    const { spokenTo } = await trap(path);
    chownSync(path, 1000, 1000);
    const fault = await faultIn(HelperConnection.open(path));
    expect([fault.code, spokenTo()]).toEqual(['helper-not-ours', false]);
    expect(fault.message).toContain('1000');
  });

  it('is not spoken to where others can write its folder, or one above it', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'adit'));
    const path = join(folder, 'adit', 'helper.sock');
    const { spokenTo } = await trap(path);
    for (const [at, mode] of [
      [join(folder, 'adit'), 0o777],
      [join(folder, 'adit'), 0o1777],
      [join(folder, 'adit'), 0o775],
      [folder, 0o777],
    ] as const) {
      chmodSync(at, mode);
      expect((await faultIn(HelperConnection.open(path))).code, `${at} ${mode.toString(8)}`).toBe(
        'helper-not-ours',
      );
      chmodSync(at, 0o755);
    }
    expect(spokenTo()).toBe(false);
    chmodSync(folder, 0o1777);
    expect((await opened(path)).version).toBe('1.2.3');
  });

  it('is not spoken to where its folder belongs to another user', async () => {
    const folder = temporaryFolder();
    const { spokenTo } = await trap(join(folder, 'helper.sock'));
    chownSync(folder, 1000, 0);
    expect((await faultIn(HelperConnection.open(join(folder, 'helper.sock')))).code).toBe('helper-not-ours');
    expect(spokenTo()).toBe(false);
  });

  it('is not spoken to through a link to it; one in the way to its folder is followed and judged', async () => {
    const path = socketPath();
    const { spokenTo } = await trap(path);
    const link = join(temporaryFolder(), 'helper.sock');
    symlinkSync(path, link);
    expect((await faultIn(HelperConnection.open(link))).code).toBe('helper-not-ours');
    expect(spokenTo()).toBe(false);

    const theirs = join(temporaryFolder(), 'theirs');
    mkdirSync(theirs);
    renameSync(path, join(theirs, 'helper.sock'));
    const way = join(temporaryFolder(), 'way');
    symlinkSync(theirs, way);
    expect((await opened(join(way, 'helper.sock'))).version).toBe('1.2.3');
    chownSync(theirs, 1000, 0);
    expect((await faultIn(HelperConnection.open(join(way, 'helper.sock')))).code).toBe('helper-not-ours');
  });

  it('is not there for a user who may not reach it', async () => {
    const path = socketPath();
    await helperAt(path);
    const fault = await asUser(65_534, () => faultIn(HelperConnection.open(path)));
    expect(fault.code).toBe('helper-not-ours');
  });
});
