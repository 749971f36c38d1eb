import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UapiConnection, UapiError } from '../../../electron/helper/engine/uapi-connection.ts';
import { temporaryFolder } from '../machine.ts';
import { engineThat } from './engine-server.ts';

afterEach(() => {
  vi.useRealTimers();
});

const state = 'private_key=00\nlisten_port=51820\npublic_key=11\nrx_bytes=5\nprotocol_version=1\n';
const answer = `${state}errno=0\n\n`;

describe('a request to an engine', () => {
  it('gives what it answers, without the line of the error number', async () => {
    const { connection, requests } = await engineThat((_, socket) => socket.write(answer));
    expect((await connection.get()).toString()).toBe(state);
    expect(requests).toEqual(['get=1\n\n']);
  });

  it('gives the same wherever the answer is cut in two', async () => {
    let cut = 0;
    const { connection } = await engineThat((_, socket) => {
      const at = cut;
      socket.write(answer.slice(0, at), () => setImmediate(() => socket.write(answer.slice(at))));
    });
    for (cut = 1; cut < answer.length; cut += 1) {
      expect((await connection.get()).toString(), `cut at ${cut}`).toBe(state);
    }
  });

  it('gives an answer of a megabyte in many pieces', async () => {
    const long = `${'public_key=22\n'.repeat(75_000)}errno=0\n\n`;
    const { connection } = await engineThat((_, socket) => socket.write(long));
    expect((await connection.get()).length).toBe(long.length - 'errno=0\n\n'.length);
  });

  it('is answered in turn: the second is not sent before the first is answered', async () => {
    let count = 0;
    const { connection, requests } = await engineThat((_, socket) => {
      count += 1;
      const mine = count;
      setTimeout(() => socket.write(`n=${mine}\nerrno=0\n\n`), 5);
    });
    const answers = [connection.get(), connection.get(), connection.get()].map(async (get) =>
      (await get).toString(),
    );
    await nextTurn();
    expect(requests.length).toBeLessThanOrEqual(1);
    expect(await Promise.all(answers)).toEqual(['n=1\n', 'n=2\n', 'n=3\n']);
  });

  it('fails where the engine answers with an error number, and the next one does not', async () => {
    const { connection } = await engineThat((request, socket) => {
      socket.write(request.startsWith('set') ? 'errno=-22\n\n' : answer);
    });
    await expect(connection.set(['public_key=zz'])).rejects.toThrow('errno=-22');
    expect((await connection.get()).toString()).toBe(state);
  });

  it('sends the lines of a change, and its end', async () => {
    const { connection, requests } = await engineThat((_, socket) => socket.write('errno=0\n\n'));
    await connection.set(['public_key=11', 'endpoint=203.0.113.2:51820']);
    expect(requests).toEqual(['set=1\npublic_key=11\nendpoint=203.0.113.2:51820\n\n']);
  });

  it('fails when the engine ends in the middle of its answer', async () => {
    const { connection } = await engineThat((_, socket) => {
      socket.end('private_key=00\n');
    });
    await expect(connection.get()).rejects.toThrow(UapiError);
  });

  it('fails at once when the engine has ended before', async () => {
    const { connection, client } = await engineThat(() => undefined);
    const ended = new Promise<void>((resolve) => connection.onEnd(resolve));
    client().destroy();
    await ended;
    await expect(connection.get()).rejects.toThrow('closed');
  });

  it('fails after 5 s without an answer, which ends the connection: the engine may be stopped', async () => {
    const { connection } = await engineThat((_, socket) => socket.write('private_key=00\n'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ended = new Promise<void>((resolve) => connection.onEnd(resolve));
    const get = connection.get();
    const outcome = get.then(
      () => 'answered',
      (error: unknown) => String(error),
    );
    await nextTurn();
    vi.advanceTimersByTime(4_999);
    await nextTurn();
    expect(await Promise.race([outcome, Promise.resolve('waiting')])).toBe('waiting');
    vi.advanceTimersByTime(1);
    expect(await outcome).toBe('UapiError: the engine did not answer');
    await ended;
  });
});

describe('the end of an engine', () => {
  it('is told once, when it goes', async () => {
    const { connection, client } = await engineThat((_, socket) => socket.write(answer));
    let ends = 0;
    connection.onEnd(() => (ends += 1));
    await connection.get();
    expect(ends).toBe(0);
    client().destroy();
    await new Promise<void>((resolve) => connection.onEnd(resolve));
    expect(ends).toBe(1);
  });

  it('is told at once to who asks after it', async () => {
    const { connection } = await engineThat(() => undefined);
    connection.close();
    await new Promise<void>((resolve) => connection.onEnd(resolve));
    let told = false;
    connection.onEnd(() => (told = true));
    expect(told).toBe(true);
  });

  it('is where nobody listens', async () => {
    await expect(UapiConnection.open(join(temporaryFolder(), 'none.sock'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('is ours to make: closing ends it on the other side too', async () => {
    const { connection, client } = await engineThat((_, socket) => socket.write(answer));
    await connection.get();
    const closed = once(client(), 'close');
    connection.close();
    await closed;
  });
});
