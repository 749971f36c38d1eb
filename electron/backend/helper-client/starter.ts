import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { HelperLink } from './link.ts';
import type { StartHelper } from './pkexec.ts';

/** Milliseconds that a helper which says it is ready may take to be reached. */
const patience = 15_000;

/** Starts the helper where one is needed and none runs. The person is asked once, however many wait for it. */
export class HelperStarter {
  readonly #link: HelperLink;
  readonly #start: StartHelper | null;
  #starting: Promise<Fault | null> | null = null;

  /** @param start null where this machine has no way to ask the person */
  constructor(link: HelperLink, start: StartHelper | null) {
    this.#link = link;
    this.#start = start;
  }

  /** Whether there is a way to ask. */
  get isPossible(): boolean {
    return this.#start !== null;
  }

  /**
   * Starts the helper if none runs; one that cannot be used, for whatever other reason, is not replaced by a second.
   *
   * @throws FaultError `helper-start-refused`, `helper-start-failed`, and what the helper says where it does not start
   */
  async ensure(): Promise<void> {
    const { state } = this.#link;
    if (this.#start === null || state.kind !== 'unavailable' || state.fault.code !== 'helper-not-running')
      return;
    const fault = await this.start();
    if (fault !== null) throw new FaultError(fault);
  }

  /** Starts the helper, and settles when it can be reached: with null, or with why it cannot. */
  start(): Promise<Fault | null> {
    this.#starting ??= this.#ask().finally(() => (this.#starting = null));
    return this.#starting;
  }

  async #ask(): Promise<Fault | null> {
    const fault = (await this.#start?.()) ?? null;
    if (fault !== null) return fault;
    try {
      await this.#link.reach(patience);
      return null;
    } catch (error) {
      return notReached(faultOf(error));
    }
  }
}

function notReached({ message, hint }: Fault): Fault {
  return {
    code: 'helper-start-failed',
    message: `The helper was started, and cannot be reached. ${message}`,
    hint,
  };
}
