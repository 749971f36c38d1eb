import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { rpcServer } from '../../../electron/helper/server/rpc.ts';
import { Session } from '../../../electron/helper/server/session.ts';
import type { HelperHandlers } from '../../../shared/contract/helper/verbs.ts';
import { tunnelMessage, tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { requestLimitBytes } from '../../../shared/contract/helper/framing.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { tunnelOf } from '../contract/tunnels.ts';
import { temporaryFolder } from '../machine.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { handlersWith, RawClient } from './clients.ts';

afterEach(() => {
  vi.useRealTimers();
});

interface Serving {
  readonly path: string;
  /** Events that were logged, with their reasons. */
  readonly log: string[];
  readonly sessions: Session[];
}

/** Sessions on a real socket, over these handlers. */
async function serving(parts: Partial<HelperHandlers<Session>> = {}): Promise<Serving> {
  const path = join(temporaryFolder(), 'helper.sock');
  const log: string[] = [];
  const note = (event: string, facts: Readonly<Record<string, unknown>> = {}): void => {
    log.push(`${event}: ${String(facts['reason'])}`);
  };
  const rpc = rpcServer(handlersWith(parts), note);
  const sessions: Session[] = [];
  const server = createServer((socket) => sessions.push(new Session(socket, rpc, note)));
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.close();
    server.close();
  });
  return { path, log, sessions };
}

const noAddress = { code: 'endpoint-unresolved', message: 'm', hint: 'h' } as const;

/** From now on time passes only when a test says so. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

/** Gives sockets the time to bring over what was written. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

describe('a client of the helper', () => {
  it('is answered when it has said hello', async () => {
    const { path } = await serving({ status: () => Promise.resolve([tunnelStatus()]) });
    const client = await RawClient.introduced(path);
    expect((await client.ask('status', {})).result).toEqual([tunnelStatus()]);
  });

  it('is told nothing before that', async () => {
    const asked: string[] = [];
    const { path } = await serving({
      status: () => {
        asked.push('status');
        return Promise.resolve([]);
      },
    });
    const client = await RawClient.connect(path);
    expect((await client.ask('status', {})).error?.data).toMatchObject({ code: 'request-invalid' });
    expect(asked).toEqual([]);
  });

  it('is cut if it has not said hello within 5 s', async () => {
    stopTime();
    const { path, log } = await serving();
    const client = await RawClient.connect(path);
    await settled();
    vi.advanceTimersByTime(4_999);
    await settled();
    expect(client.socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    await client.ended();
    expect(log).toEqual(['client-cut: it did not say hello in time']);
  });

  it('may be silent for as long as it likes after that', async () => {
    stopTime();
    const { path } = await serving();
    const client = await RawClient.introduced(path);
    vi.advanceTimersByTime(3_600_000);
    expect((await client.ask('status', {})).result).toEqual([]);
  });

  it('gets the fault of a verb whole, and of what is no fault only that it failed', async () => {
    const fault = { code: 'link-failed', message: 'm', hint: 'h', command: 'c' } as const;
    const { path, log } = await serving({
      down: () => Promise.reject(new FaultError(fault)),
      recover: () => Promise.reject(new Error('a defect')),
    });
    const client = await RawClient.introduced(path);
    expect((await client.ask('down', { interface: null })).error?.data).toEqual(fault);
    const { error } = await client.ask('recover', {});
    expect(error?.data).toMatchObject({ code: 'internal-error' });
    expect(JSON.stringify(error)).not.toMatch(/at .*\.ts/);
    expect(log).toEqual(['internal-error: Unexpected failure: a defect']);
  });
});

describe('a question', () => {
  it('reaches its verb as the contract has it', async () => {
    const seen: Tunnel[] = [];
    const { path } = await serving({
      up: ({ tunnel }) => {
        seen.push(tunnel);
        return Promise.resolve(tunnelStatus());
      },
    });
    const client = await RawClient.introduced(path);
    await client.ask('up', { tunnel: tunnelToMessage(tunnelOf()), wait: null });
    expect(seen).toEqual([tunnelOf()]);
    expect(seen).toEqual([tunnelMessage.parse(tunnelToMessage(tunnelOf()))]);
  });

  it.each([
    ['up', { tunnel: { ...tunnelToMessage(tunnelOf()), PostUp: 'touch /tmp/owned' }, wait: null }],
    ['up', { tunnel: tunnelToMessage(tunnelOf()), wait: 1e9 }],
    ['up', {}],
    ['down', { interface: '../../etc' }],
    ['down', null],
    ['status', { all: true }],
    ['hello', {}],
  ])('%s %j is refused before its verb sees it', async (verb, params) => {
    const refuse = (): Promise<never> => Promise.reject(new Error('the verb saw it'));
    const { path } = await serving({ up: refuse, down: refuse, status: refuse });
    const client = await RawClient.introduced(path);
    expect((await client.ask(verb, params)).error?.data?.code).toBe('request-invalid');
  });

  it.each(['', 'Up', 'constructor', '__proto__', 'toString', 'rpc.discover'])(
    '%j is no verb',
    async (verb) => {
      const { path } = await serving();
      const client = await RawClient.introduced(path);
      expect((await client.ask(verb, {})).error?.code).toBe(-32_601);
    },
  );

  it('that is no request at all is answered as such, and the client may go on', async () => {
    const { path } = await serving();
    const client = await RawClient.introduced(path);
    const garbage = ['{', 'null', '[]', '"x"', '\u0000', '{"jsonrpc":"2.0","method":"status","params":{}}'];
    for (const text of garbage) client.send(text);
    client.socket.write(Buffer.from([0, 0, 0, 2, 0xff, 0xfe]));
    expect((await client.ask('status', {})).result).toEqual([]);
    const answers = client.messages.filter(({ id }) => id === null);
    expect(answers.map(({ error }) => error?.code)).toEqual(Array(garbage.length + 1).fill(-32_600));
  });

  it('is taken however deep it is nested', async () => {
    const { path } = await serving();
    const client = await RawClient.introduced(path);
    const depth = 1_000_000;
    client.send(
      `{"jsonrpc":"2.0","id":"deep","method":"status","params":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    );
    expect((await client.until(({ id }) => id === 'deep')).error?.data?.code).toBe('request-invalid');
  });
});

describe('what a client may send', () => {
  it('has an end: a frame that announces more than the limit cuts it', async () => {
    const { path, log } = await serving();
    const client = await RawClient.introduced(path);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(requestLimitBytes + 1);
    client.socket.write(header);
    await client.ended();
    expect(log).toEqual([
      `client-cut: a frame of ${requestLimitBytes + 1} bytes, over the limit of ${requestLimitBytes}`,
    ]);
  });

  it('has an end in time: a frame has to be whole within 10 s', async () => {
    stopTime();
    const { path, log } = await serving();
    const client = await RawClient.introduced(path);
    client.socket.write(Buffer.from([0, 0, 0]));
    await settled();
    vi.advanceTimersByTime(10_000);
    await client.ended();
    expect(log).toEqual(['client-cut: a frame was not completed in time']);
  });

  it('has an end in time though it comes a byte at a time', { timeout: 5_000 }, async () => {
    stopTime();
    const { path, log } = await serving();
    const client = await RawClient.introduced(path);
    client.socket.write(Buffer.from([0, 0, 1, 0]));
    for (let second = 0; second < 10; second += 1) {
      client.socket.write(' ');
      await settled();
      expect(client.socket.destroyed, `after ${second} s`).toBe(false);
      vi.advanceTimersByTime(1_000);
    }
    await client.ended();
    expect(log).toEqual(['client-cut: a frame was not completed in time']);
  });

  it('may be as slow as that for every frame anew', async () => {
    stopTime();
    const { path } = await serving();
    const client = await RawClient.introduced(path);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'slow', method: 'status', params: {} });
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, body.length]), Buffer.from(body)]);
    client.socket.write(bytes.subarray(0, 6));
    await settled();
    vi.advanceTimersByTime(9_000);
    // The rest of one frame and the beginning of the next.
    client.socket.write(Buffer.concat([bytes.subarray(6), bytes.subarray(0, 6)]));
    await client.until(({ id }) => id === 'slow');
    vi.advanceTimersByTime(9_000);
    client.socket.write(bytes.subarray(6));
    await settled();
    expect(client.messages.filter(({ id }) => id === 'slow')).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect((await client.ask('status', {})).result).toEqual([]);
  });

  it('is 32 questions at a time; with one more it is cut, and asked nothing after that', async () => {
    let asked = 0;
    const { path, log } = await serving({
      status: () => {
        asked += 1;
        return new Promise<never>(() => undefined);
      },
    });
    const client = await RawClient.introduced(path);
    client.socket.cork();
    for (let count = 0; count < 100; count += 1) client.post('status', {});
    client.socket.uncork();
    await client.ended();
    expect([asked, log]).toEqual([32, ['client-cut: too many requests at once']]);
  });

  it('is 8 MiB of questions at a time; the others wait in its own socket until one is answered', async () => {
    const answers: (() => void)[] = [];
    const { path } = await serving({
      recover: () => new Promise((resolve) => answers.push(() => resolve([]))),
    });
    const client = await RawClient.introduced(path);
    const padding = ' '.repeat(3 * 1024 * 1024);
    for (const id of ['first', 'second', 'third', 'fourth'])
      client.send(`{"jsonrpc":"2.0","id":"${id}","method":"recover","params":{}${padding}}`);
    await expect.poll(() => answers.length).toBe(2);
    const other = await RawClient.introduced(path);
    for (let count = 0; count < 20; count += 1) await other.ask('status', {});
    expect(answers).toHaveLength(2);
    answers[1]?.();
    await client.until(({ id }) => id === 'second');
    await expect.poll(() => answers.length).toBe(3);
    answers[0]?.();
    await expect.poll(() => answers.length).toBe(4);
    answers[2]?.();
    answers[3]?.();
    await client.until(({ id }) => id === 'fourth');
    expect((await client.ask('status', {})).result).toEqual([]);
  });

  it(
    'is a hundred questions at once; the others wait in its own socket, and all are answered',
    { timeout: 20_000 },
    async () => {
      const { path } = await serving();
      const client = await RawClient.introduced(path);
      const began = performance.now();
      // Twenty at a time: with more than 32 under way it would be cut.
      for (let round = 0; round < 8; round += 1) {
        const ids = Array.from({ length: 20 }, () => client.post('status', {}));
        for (const id of ids) await client.until((message) => message.id === id);
      }
      // 161 with the hello, of which 100 are free: 61 at 50 a second.
      expect(performance.now() - began).toBeGreaterThan(1_000);
    },
  );

  it('is as many questions as it likes, one after the other', async () => {
    const { path } = await serving();
    const client = await RawClient.introduced(path);
    for (let count = 0; count < 200; count += 1) await client.ask('status', {});
    expect(client.socket.destroyed).toBe(false);
  });
});

describe('what takes several programs to answer', () => {
  const question = { destination: '10.1.2.3', mark: 0 };

  /** A helper that answers no such question before it is told to. */
  async function slowlyExplaining(): Promise<Serving & { asked: () => number; answerAll: () => void }> {
    const answers: (() => void)[] = [];
    const served = await serving({
      explain: () => new Promise((_, reject) => answers.push(() => reject(new FaultError(noAddress)))),
    });
    let answered = 0;
    return {
      ...served,
      asked: () => answers.length,
      answerAll: () => {
        for (const answer of answers.slice(answered)) answer();
        answered = answers.length;
      },
    };
  }

  it('is asked two at a time by a client, and four by all of them; everything else is answered meanwhile', async () => {
    const { path, asked, answerAll } = await slowlyExplaining();
    const first = await RawClient.introduced(path);
    for (let count = 0; count < 30; count += 1) first.post('explain', question);
    await first.ask('status', {});
    expect(asked()).toBe(2);
    const others = await Promise.all([1, 2, 3].map(() => RawClient.introduced(path)));
    for (const client of others) {
      client.post('explain', question);
      client.post('explain', question);
      expect((await client.ask('down', { interface: null })).error?.data?.code).toBe('tunnel-not-up');
    }
    expect(asked()).toBe(4);
    // Who has asked much waits for who has asked little.
    answerAll();
    await expect.poll(asked).toBe(8);
    const [last] = others.slice(-1);
    answerAll();
    await expect
      .poll(() => last?.messages.filter(({ error }) => error?.data?.code === noAddress.code))
      .toHaveLength(2);
  });

  it('is not asked for a client that is gone when its turn comes', async () => {
    const { path, asked, answerAll } = await slowlyExplaining();
    const leaving = await RawClient.introduced(path);
    for (let count = 0; count < 10; count += 1) leaving.post('explain', question);
    await leaving.ask('status', {});
    leaving.socket.destroy();
    const staying = await RawClient.introduced(path);
    await settled();
    answerAll();
    staying.post('explain', question);
    await expect.poll(asked).toBe(3);
  });
});

describe('a client that watches', () => {
  it('is told of every change', async () => {
    const { path, sessions } = await serving();
    const client = await RawClient.introduced(path);
    sessions[0]?.notify({ interface: 'home', head: null });
    const told = await client.until(({ method }) => method === 'change');
    expect(told.params).toEqual({ interface: 'home', head: null });
  });

  it('is watched for no longer than it stays, and for its last wish only', async () => {
    const ends: string[] = [];
    const { path, sessions } = await serving();
    const client = await RawClient.introduced(path);
    sessions[0]?.watching(() => ends.push('first'));
    sessions[0]?.watching(() => ends.push('second'));
    expect(ends).toEqual(['first']);
    client.socket.destroy();
    await expect.poll(() => ends).toEqual(['first', 'second']);
  });

  it('that is gone already is not watched for', async () => {
    const { path, sessions } = await serving();
    const client = await RawClient.introduced(path);
    sessions[0]?.close();
    await client.ended();
    let ends = 0;
    sessions[0]?.watching(() => (ends += 1));
    expect(ends).toBe(1);
  });

  it('that does not read is cut before 8 MiB and one message wait for it', async () => {
    const { path, sessions, log } = await serving();
    const client = await RawClient.introduced(path);
    client.socket.pause();
    const message = { interface: 'x'.repeat(1024 * 1024) };
    let sent = 0;
    while (log.length === 0 && sent < 100) {
      sessions[0]?.notify(message);
      sent += 1;
      await sleep(1);
    }
    expect(log).toEqual(['client-cut: it does not read what it is sent']);
    expect(sent).toBeLessThan(16);
  });
});
