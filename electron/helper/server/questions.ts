import type { HelperVerb } from '../../../shared/contract/helper/verbs.ts';
import { Gate } from '../system/gate.ts';

/** The verbs that look at the whole host, by several programs each, and change nothing: whoever asks can wait. */
const weighty: ReadonlySet<HelperVerb> = new Set(['plan', 'explain']);

/** Weighty questions that are answered at a time: of all clients together, and of each. */
const most = { ofAll: 4, ofClient: 2 } as const;

/** Where the weighty questions of one client wait for each other, so that clients have turns. */
export function gateOfClient(): Gate {
  return new Gate(most.ofClient);
}

/**
 * Lets weighty questions through, a few at a time. Everything else passes at once: what sets tunnels up, takes them down and keeps them
 * waits for none of them, and neither does `status`.
 */
export class Questions {
  readonly #gate = new Gate(most.ofAll);

  /** Answers when it is the turn of a client's question. */
  pass<T>(verb: HelperVerb, client: Gate, answer: () => Promise<T>): Promise<T> {
    return weighty.has(verb) ? client.pass(() => this.#gate.pass(answer)) : answer();
  }
}
