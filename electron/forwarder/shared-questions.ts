import type { Answerer } from './listen.ts';
import { withId } from './message.ts';

/**
 * Asks a question that several ask at the same time once, and gives all of them its answer. A server on this machine that reads
 * /etc/resolv.conf for whom to ask may ask us what we have just asked it: that comes to rest here, instead of going round and round.
 *
 * @param answerer finds the answer to each question that is asked
 */
export function sharingQuestions(answerer: Answerer): Answerer {
  const open = new Map<string, Promise<Buffer>>();
  return async (query, transport) => {
    // All but its number: what is asked for beside the name makes another answer.
    const key = `${transport} ${query.message.toString('latin1', 2)}`;
    let answer = open.get(key);
    if (answer === undefined) {
      answer = answerer(query, transport).finally(() => open.delete(key));
      open.set(key, answer);
    }
    return withId(await answer, query.id);
  };
}
