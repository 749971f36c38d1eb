import { chmodSync, chownSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkHanded, handedDescriptor, isListenedAt } from '../../../electron/helper/server/activation.ts';
import { faultOf } from '../../../shared/fault.ts';
import { describeWith, temporaryFolder } from '../machine.ts';

const owner = 1000;

/** A socket as the socket unit makes it, and its descriptor in this process. */
async function madeBySystemd(path: string): Promise<{ server: Server; descriptor: number }> {
  const mask = process.umask(0o177);
  const server = createServer().listen(path);
  process.umask(mask);
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  chownSync(path, owner, 0);
  return { server, descriptor: descriptorOf(server) };
}

/** What Node keeps to itself: where it has a socket open. */
function descriptorOf(socket: Server | Socket): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

function verdict(descriptor: number, path: string, user = owner): string {
  try {
    checkHanded(descriptor, path, user);
    return 'taken';
  } catch (error) {
    const { code, message } = faultOf(error);
    return `${code}: ${message}`;
  }
}

describe('the words in which systemd hands a socket over', () => {
  it('are heeded where they are for this very process', () => {
    expect(handedDescriptor({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7)).toBe(3);
    expect(handedDescriptor({ LISTEN_PID: '8', LISTEN_FDS: '1' }, 7)).toBeNull();
    expect(handedDescriptor({ LISTEN_FDS: '1' }, 7)).toBeNull();
    expect(handedDescriptor({ LISTEN_PID: '7' }, 7)).toBeNull();
    expect(handedDescriptor({}, 7)).toBeNull();
  });

  it('are refused where they tell of none, or of several', () => {
    for (const count of ['0', '2', '01', 'x', '']) {
      expect(() => handedDescriptor({ LISTEN_PID: '7', LISTEN_FDS: count }, 7), count).toThrow(/one/);
    }
  });
});

describeWith(['root'], 'a socket that was handed over', () => {
  it('is taken where it is as the helper would have made it', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    const { descriptor } = await madeBySystemd(path);
    expect(verdict(descriptor, path)).toBe('taken');
  });

  it('is refused where it stands elsewhere, or is somebody else’s', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'helper.sock');
    const { descriptor } = await madeBySystemd(path);
    expect(verdict(descriptor, join(folder, 'other.sock'))).toMatch(/stands at/);
    expect(verdict(descriptor, path, 1001)).toMatch(/belongs to user 1000/);
  });

  it('is refused where others may connect, or could put another in its place', async () => {
    const path = join(temporaryFolder(), 'helper.sock');
    const { descriptor } = await madeBySystemd(path);
    chmodSync(path, 0o660);
    expect(verdict(descriptor, path)).toMatch(/mode is 660/);
    chmodSync(path, 0o600);
    chmodSync(dirname(path), 0o777);
    expect(verdict(descriptor, path)).toMatch(/can be written by others/);
  });

  it('is refused where it is a connection, a file, or nothing', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'helper.sock');
    const { server } = await madeBySystemd(path);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(path);
    const [connection] = await accepted;
    onTestFinished(() => {
      client.destroy();
      connection.destroy();
    });
    expect(verdict(descriptorOf(connection), path)).toMatch(/does not listen/);
    expect(verdict(descriptorOf(client), path)).toMatch(/stands at no path/);
    const file = openSync(folder, 'r');
    onTestFinished(() => closeSync(file));
    expect(verdict(file, path)).toMatch(/is no socket/);
    expect(verdict(999, path)).toMatch(/there is none/);
  });

  it('is seen to be listened at without a connection', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a name with blanks'));
    const path = join(folder, 'a name with blanks', 'helper.sock');
    const { server } = await madeBySystemd(path);
    let clients = 0;
    server.on('connection', () => (clients += 1));
    expect(isListenedAt(path)).toBe(true);
    expect(isListenedAt(join(folder, 'other'))).toBe(false);
    server.close();
    await once(server, 'close');
    expect(isListenedAt(path)).toBe(false);
    expect(clients).toBe(0);
  });
});
