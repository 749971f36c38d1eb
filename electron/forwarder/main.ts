/**
 * Passes questions for names on to the servers that are to answer them. A child of the helper's without its rights, told by it over
 * descriptor 3 in lines of JSON: first `{"addresses":[...]}`, where it may listen, then `{"table":[...]}`, as often as that changes.
 * It says `{"listening":ADDRESS}` on standard output, and ends when the helper does.
 */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ForwardingTable } from '../../shared/names/forwarding.ts';
import { forward } from './forward.ts';
import { listen } from './listen.ts';
import { sharingQuestions } from './shared-questions.ts';
import { ask } from './upstream.ts';

/** What the helper says. */
interface Instruction {
  readonly addresses?: readonly string[];
  readonly table?: ForwardingTable;
}

let table: ForwardingTable = [];

async function listenAtFirst(addresses: readonly string[]): Promise<void> {
  const answerer = sharingQuestions((query, transport) => forward(query, table, transport, ask));
  for (const address of addresses) {
    try {
      await listen(address, answerer);
      process.stdout.write(`${JSON.stringify({ listening: address })}\n`);
      return;
    } catch {
      // Somebody else listens there.
    }
  }
  process.exit(1);
}

const helper = new Socket({ fd: 3, readable: true });
createInterface({ input: helper }).on('line', (line) => {
  const instruction = JSON.parse(line) as Instruction;
  if (instruction.table !== undefined) table = instruction.table;
  if (instruction.addresses !== undefined) void listenAtFirst(instruction.addresses);
});
helper.on('close', () => process.exit(0));
