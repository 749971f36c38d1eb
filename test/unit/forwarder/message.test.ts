import { encode } from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isAnswer,
  isFailure,
  readQuery,
  serverFailure,
  withId,
} from '../../../electron/forwarder/message.ts';
import type { Query } from '../../../electron/forwarder/message.ts';

function question(name: string, id = 7): Buffer {
  return encode({
    type: 'query',
    id,
    flags: 0x0100,
    questions: [{ type: 'A', name }],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] } as never],
  });
}

function queryOf(message: Buffer): Query {
  const reading = readQuery(message);
  if (reading.kind !== 'query') throw new Error(`read as ${reading.kind}`);
  return reading.query;
}

function answer(name: string, id: number, code = 0): Buffer {
  return encode({
    type: 'response',
    id,
    flags: code,
    questions: [{ type: 'A', name }],
    answers: code === 0 ? [{ type: 'A', name, data: '10.0.0.1', ttl: 5 }] : [],
  });
}

test('a question is read by its name, in lower case', () => {
  const message = question('Web.Cluster.LOCAL');
  expect(queryOf(message)).toMatchObject({
    id: 7,
    name: 'web.cluster.local',
    message,
    questionEnd: 12 + 19 + 4,
  });
});

test('records behind the question are not read: a broken one passes', () => {
  const message = Buffer.concat([question('a.example'), Buffer.from([0xff, 0xff, 0xff])]);
  expect(queryOf(message).name).toBe('a.example');
});

test('no answer, no two questions and no other operation is taken for a question', () => {
  expect(readQuery(answer('a.example', 1)).kind).toBe('nonsense');
  expect(readQuery(Buffer.from('short')).kind).toBe('nonsense');
  const two = encode({
    type: 'query',
    id: 1,
    questions: [
      { type: 'A', name: 'a' },
      { type: 'A', name: 'b' },
    ],
  });
  expect(readQuery(two).kind).toBe('refusal');
  const update = question('a.example');
  update.writeUInt16BE(0x2800, 2);
  const refused = readQuery(update);
  expect(refused.kind === 'refusal' && (refused.answer[3] ?? 0) & 0xf).toBe(4);
});

test('an answer belongs to a question by its number and the question in it', () => {
  const query = queryOf(question('a.example'));
  expect(isAnswer(answer('a.example', 300), 300, query)).toBe(true);
  expect(isAnswer(answer('A.eXample', 300), 300, query)).toBe(true);
  expect(isAnswer(answer('a.example', 301), 300, query)).toBe(false);
  expect(isAnswer(answer('b.example', 300), 300, query)).toBe(false);
  expect(isAnswer(withId(question('a.example'), 300), 300, query)).toBe(false);
  const withoutQuestion = Buffer.from([1, 44, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(isAnswer(withoutQuestion, 300, query)).toBe(false);
  withoutQuestion[3] = 0x81;
  expect(isAnswer(withoutQuestion, 300, query)).toBe(true);
});

test('a failure of ours repeats the question, and says so', () => {
  const query = queryOf(question('a.example', 99));
  const failure = serverFailure(query);
  expect(isFailure(failure)).toBe(true);
  expect(isAnswer(failure, 99, query)).toBe(true);
  expect(failure).toHaveLength(query.questionEnd);
});

test('no bytes whatever bring it down, and what is read as a question can be failed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const reading = readQuery(Buffer.from(bytes));
      if (reading.kind === 'query') expect(isFailure(serverFailure(reading.query))).toBe(true);
      if (reading.kind === 'refusal') expect(reading.answer).toHaveLength(12);
    }),
    { numRuns: 5_000 },
  );
});

test('neither does a question of which a few bytes are others', () => {
  const message = question('web.default.svc.cluster.local');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
      const mutant = Buffer.from(message);
      for (const [at, byte] of changes) mutant[at] = byte;
      const reading = readQuery(mutant);
      if (reading.kind === 'query') expect(reading.query.questionEnd).toBeLessThanOrEqual(mutant.length);
    }),
    { numRuns: 5_000 },
  );
});
