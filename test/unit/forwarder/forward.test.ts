import { encode } from 'dns-packet';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forward } from '../../../electron/forwarder/forward.ts';
import { isFailure, readQuery } from '../../../electron/forwarder/message.ts';
import type { Query } from '../../../electron/forwarder/message.ts';
import type { Asking } from '../../../electron/forwarder/upstream.ts';
import { inStream, MessageReader } from '../../../electron/forwarder/stream.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const table = [
  { scope: { kind: 'domains', domains: ['cluster.local'] }, servers: ['c1', 'c2', 'c3', 'c4'] },
  { scope: { kind: 'all' }, servers: ['lan'] },
] as const;

function query(name: string): Query {
  const reading = readQuery(encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] }));
  if (reading.kind !== 'query') throw new Error('no question');
  return reading.query;
}

const found = Buffer.from([0, 1, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0]);
const failing = Buffer.from([0, 1, 0x81, 0x82, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Servers that answer as they are told: by a message, an error, or never. */
class Servers {
  readonly asked: string[] = [];
  cancelled = 0;
  readonly #answers: Readonly<Record<string, Buffer | Error | null>>;

  constructor(answers: Readonly<Record<string, Buffer | Error | null>>) {
    this.#answers = answers;
  }

  readonly ask = (server: string): Asking => {
    this.asked.push(server);
    const answer = this.#answers[server] ?? null;
    return {
      answer: new Promise((resolve, reject) => {
        if (answer instanceof Error) reject(answer);
        else if (answer !== null) resolve(answer);
      }),
      cancel: () => {
        this.cancelled += 1;
      },
    };
  };
}

test('asks the servers of the longest domain, and no others', async () => {
  const servers = new Servers({ c1: found, lan: found });
  expect(await forward(query('web.cluster.local'), table, 'udp', servers.ask)).toBe(found);
  expect(await forward(query('intranet.corp'), table, 'udp', servers.ask)).toBe(found);
  expect(servers.asked).toEqual(['c1', 'lan']);
});

test('asks the next at once where one cannot be reached or fails, and three at most', async () => {
  const servers = new Servers({ c1: new Error('refused'), c2: failing, c3: new Error('refused') });
  expect(await forward(query('web.cluster.local'), table, 'udp', servers.ask)).toBe(failing);
  expect(servers.asked).toEqual(['c1', 'c2', 'c3']);
});

test('asks the next beside one that is silent for a second, and lets both go when there is an answer', async () => {
  const servers = new Servers({ c1: null, c2: found });
  const answer = forward(query('web.cluster.local'), table, 'udp', servers.ask);
  await vi.advanceTimersByTimeAsync(999);
  expect(servers.asked).toEqual(['c1']);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toBe(found);
  expect(servers.asked).toEqual(['c1', 'c2']);
  expect(servers.cancelled).toBe(2);
});

test('says within 4.5 s that there is no answer, before glibc gives up', async () => {
  const servers = new Servers({ lan: null });
  const answer = forward(query('intranet.corp'), table, 'udp', servers.ask);
  await vi.advanceTimersByTimeAsync(4_500);
  expect(isFailure(await answer)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('fails at once where nobody is to be asked', async () => {
  const servers = new Servers({});
  expect(isFailure(await forward(query('a.example'), [], 'udp', servers.ask))).toBe(true);
});

test('a stream is cut into its messages, wherever it comes apart', () => {
  const stream = Buffer.concat([inStream(Buffer.from('first')), inStream(Buffer.from('second'))]);
  for (let at = 0; at <= stream.length; at += 1) {
    const reader = new MessageReader();
    const messages = [...reader.take(stream.subarray(0, at)), ...reader.take(stream.subarray(at))];
    expect(messages.map(String)).toEqual(['first', 'second']);
  }
});
