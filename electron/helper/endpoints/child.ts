/**
 * The resolver: a process of no rights, outside the tunnels by the rule for its user. It reads questions from descriptor 3 and writes
 * answers to standard output, a line of JSON each, until the questions end.
 */
import { Socket } from 'node:net';
import { lookUp } from './ask-servers.ts';
import { LineReader } from './wire.ts';
import type { Answer, Question } from './wire.ts';

const lines = new LineReader();
const helper = new Socket({ fd: 3, readable: true });

helper.setEncoding('utf8');
helper.on('data', (part: string) => {
  for (const line of lines.take(part)) void answer(JSON.parse(line) as Question);
});
helper.on('close', () => process.exit());

async function answer({ id, ...question }: Question): Promise<void> {
  const found: Answer = { id, ...(await lookUp(question)) };
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
