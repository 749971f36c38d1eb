import type { ForwardingTable } from '../../shared/names/forwarding.ts';
import { answererOf } from '../../shared/names/route-name.ts';
import { isFailure, serverFailure } from './message.ts';
import type { Query } from './message.ts';
import type { Asking, Transport } from './upstream.ts';

/** Milliseconds after which a server that has not answered gets company: the next is asked too. */
const patience = 1_000;

/** Milliseconds after which whoever asked is told that there is no answer; glibc waits 5 s. */
const deadline = 4_500;

/** More servers than glibc would ask are not asked. */
const mostServers = 3;

/**
 * Finds the answer to a question: from the servers of the longest domain that the name is in, one after the other, the next as soon as one
 * fails or takes its time. The first answer that is no failure is the answer.
 *
 * @param ask puts the question to one server
 * @returns a failure where no server has an answer in time; never rejects
 */
export function forward(
  query: Query,
  table: ForwardingTable,
  transport: Transport,
  ask: (server: string, query: Query, transport: Transport) => Asking,
): Promise<Buffer> {
  const servers = (answererOf(query.name, table)?.servers ?? []).slice(0, mostServers);
  return new Promise((resolve) => {
    const asked: Asking[] = [];
    let timer: NodeJS.Timeout | null = null;
    let failure = serverFailure(query);
    let failed = 0;

    const end = (answer: Buffer): void => {
      clearTimeout(limit);
      if (timer !== null) clearTimeout(timer);
      for (const asking of asked) asking.cancel();
      resolve(answer);
    };
    const failedOne = (): void => {
      failed += 1;
      if (failed === servers.length) end(failure);
      else if (failed === asked.length) askNext();
    };
    const askNext = (): void => {
      if (timer !== null) clearTimeout(timer);
      const server = servers[asked.length];
      if (server === undefined) return;
      const asking = ask(server, query, transport);
      asked.push(asking);
      timer = setTimeout(askNext, patience);
      asking.answer.then(
        (answer) => {
          if (isFailure(answer)) {
            failure = answer;
            failedOne();
          } else {
            end(answer);
          }
        },
        () => failedOne(),
      );
    };

    const limit = setTimeout(() => end(failure), deadline);
    if (servers.length === 0) end(failure);
    else askNext();
  });
}
