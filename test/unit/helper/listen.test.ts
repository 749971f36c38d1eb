import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import { listen } from '../../../electron/helper/server/listen.ts';
import { rpcServer } from '../../../electron/helper/server/rpc.ts';
import { faultOf } from '../../../shared/fault.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { handlersWith, RawClient } from './clients.ts';

const log: string[] = [];
const note = (event: string): void => void log.push(event);

async function listening(path: string, owner = 0): Promise<Server> {
  const server = await listen(path, owner, rpcServer(handlersWith(), note), note);
  onTestFinished(() => {
    server.close();
  });
  return server;
}

async function refusal(path: string): Promise<string> {
  try {
    await listening(path);
    return 'listening';
  } catch (error) {
    return faultOf(error).code;
  }
}

/** Leaves the socket of a helper that was killed. */
function leaveDeadSocket(path: string): void {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
}

describeWith(['root'], 'the socket of the helper', () => {
  it('is its owner’s alone, in a folder that is made if it is missing', async () => {
    const folder = join(temporaryFolder(), 'adit', '1000');
    const path = join(folder, 'helper.sock');
    await listening(path, 1000);
    const { uid, mode } = statSync(path);
    expect([uid, mode & 0o777]).toEqual([1000, 0o600]);
    expect(statSync(folder)).toMatchObject({ uid: 0 });
    // What is made after that is made as before.
    writeFileSync(join(folder, 'file'), '', { mode: 0o644 });
    expect(statSync(join(folder, 'file')).mode & 0o600).toBe(0o600);
    expect(statSync(join(folder, 'file')).mode & 0o044).not.toBe(0);
  });

  it('takes clients at once', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    await listening(path);
    const client = await RawClient.introduced(path);
    expect((await client.ask('status', {})).result).toEqual([]);
    client.socket.destroy();
  });

  it('takes the place of one that a killed helper has left', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    leaveDeadSocket(path);
    expect(statSync(path).isSocket()).toBe(true);
    expect(await refusal(path)).toBe('listening');
  });

  it('never takes the place of one that answers, or of what is no socket', async () => {
    const folder = temporaryFolder();
    await listening(join(folder, 'live.sock'));
    expect(await refusal(join(folder, 'live.sock'))).toBe('helper-already-running');
    writeFileSync(join(folder, 'file'), 'kept');
    expect(await refusal(join(folder, 'file'))).toBe('helper-socket-unsafe');
    const victim = join(folder, 'victim.sock');
    const server = createServer().listen(victim);
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    symlinkSync(victim, join(folder, 'link.sock'));
    expect(await refusal(join(folder, 'link.sock'))).toBe('helper-socket-unsafe');
  });

  it('is not made where others than root could put another in its place', async () => {
    const open = join(temporaryFolder(), 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect(await refusal(join(open, 'helper.sock'))).toBe('helper-socket-unsafe');
    expect(await refusal(join(open, 'below', 'helper.sock'))).toBe('helper-socket-unsafe');

    const theirs = join(temporaryFolder(), 'theirs');
    mkdirSync(theirs);
    chownSync(theirs, 1000, 1000);
    expect(await refusal(join(theirs, 'helper.sock'))).toBe('helper-socket-unsafe');

    const link = join(temporaryFolder(), 'link');
    symlinkSync(temporaryFolder(), link);
    expect(await refusal(join(link, 'helper.sock'))).toBe('helper-socket-unsafe');
  });

  it('is not made below a file, or by a name too long for a socket', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(await refusal(join(folder, 'file', 'helper.sock'))).toBe('helper-socket-unsafe');
    expect(await refusal(join(folder, 'x'.repeat(120)))).toBe('helper-socket-unsafe');
  });

  it('tells as many more why they are not taken, and waits a second for those that do not go', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    const server = await listening(path);
    const clients = await Promise.all(Array.from({ length: 32 }, () => RawClient.introduced(path)));
    const heard: string[] = [];
    const stubborn = Array.from({ length: 33 }, () => {
      const socket = connect({ path, allowHalfOpen: true });
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => heard.push(bytes.toString()));
      return socket;
    });
    onTestFinished(() => {
      for (const socket of [...stubborn, ...clients.map((client) => client.socket)]) socket.destroy();
    });
    const connections = async (): Promise<number> => promisify(server.getConnections.bind(server))();
    await expect.poll(() => heard.length).toBe(32);
    await expect.poll(connections, { timeout: 3_000 }).toBe(32);
    expect(heard).toHaveLength(32);
    for (const text of heard) expect(text).toContain('helper-full');
  });

  it('takes 32 clients, and another when one has gone', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    await listening(path);
    const clients = await Promise.all(Array.from({ length: 32 }, () => RawClient.introduced(path)));
    onTestFinished(() => {
      for (const { socket } of clients) socket.destroy();
    });
    const another = await HelperConnection.open(path).catch((error: unknown) => faultOf(error));
    expect(another).toMatchObject({ code: 'helper-full' });
    expect(log).toContain('client-refused');
    clients[0]?.socket.destroy();
    await expect
      .poll(async () => {
        const next = await RawClient.introduced(path).catch(() => null);
        if (next !== null) clients.push(next);
        return next !== null;
      })
      .toBe(true);
  });
});
