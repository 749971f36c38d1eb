import { encode } from 'dns-packet';
import { expect, test } from 'vitest';
import { readQuery } from '../../../electron/forwarder/message.ts';
import type { Query } from '../../../electron/forwarder/message.ts';
import { sharingQuestions } from '../../../electron/forwarder/shared-questions.ts';
import type { Transport } from '../../../electron/forwarder/upstream.ts';

function query(id: number, name: string, type: 'A' | 'AAAA' = 'A'): Query {
  const reading = readQuery(encode({ type: 'query', id, questions: [{ type, name }] }));
  if (reading.kind !== 'query') throw new Error('no question');
  return reading.query;
}

/** Answers each question with itself when it is told to, and counts them. */
class Slow {
  readonly asked: string[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly answer = ({ name, message }: Query, transport: Transport): Promise<Buffer> => {
    this.asked.push(`${name} by ${transport}`);
    return new Promise((resolve) => this.#waiting.push(() => resolve(message)));
  };

  go(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}

test('a question that is on its way is not asked again, and each who asked gets the answer under its own number', async () => {
  const slow = new Slow();
  const answer = sharingQuestions(slow.answer);
  const answers = [answer(query(1, 'web.example'), 'udp'), answer(query(2, 'web.example'), 'udp')];
  slow.go();
  expect((await Promise.all(answers)).map((message) => message.readUInt16BE(0))).toEqual([1, 2]);
  expect(slow.asked).toEqual(['web.example by udp']);
});

test('what differs in anything but its number is asked for itself, and what was answered is asked anew', async () => {
  const slow = new Slow();
  const answer = sharingQuestions(slow.answer);
  const answers = [
    answer(query(1, 'web.example'), 'udp'),
    answer(query(1, 'web.example', 'AAAA'), 'udp'),
    answer(query(1, 'web.example'), 'tcp'),
  ];
  expect(slow.asked).toHaveLength(3);
  slow.go();
  await Promise.all(answers);
  const again = answer(query(1, 'web.example'), 'udp');
  expect(slow.asked).toHaveLength(4);
  slow.go();
  await again;
});
