import type { Opening } from '../../../shared/network/plan/opening.ts';
import type { Timestamp } from '../../../shared/tunnel/status.ts';
import type { Clock } from '../system/clock.ts';

/**
 * Whether the owner has opened the uplink in spite of the kill switch, and until when. The kernel closes it at that time by itself; this is
 * for what has to follow, and for saying so.
 */
export class UplinkOpening {
  readonly #user: number;
  readonly #clock: Clock;
  readonly #ended: () => void;
  #until: number | null = null;
  #closesAt: Timestamp | null = null;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param user the number of whom it is opened for
   * @param ended what is done when its time is over
   */
  constructor(user: number, clock: Clock, ended: () => void) {
    this.#user = user;
    this.#clock = clock;
    this.#ended = ended;
  }

  /** Opens for some minutes from now; 0 closes. */
  open(minutes: number): void {
    this.close();
    if (minutes === 0) return;
    this.#until = this.#clock.now() + minutes * 60_000;
    this.#closesAt = new Date(this.#clock.wallTime() + minutes * 60_000).toISOString();
    this.#timer = setTimeout(() => {
      this.close();
      this.#ended();
    }, minutes * 60_000);
  }

  /** Closes it, without a word. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#until = null;
    this.#closesAt = null;
  }

  /** How it stands now; null where it is closed. */
  get now(): Opening | null {
    if (this.#until === null) return null;
    const seconds = Math.ceil((this.#until - this.#clock.now()) / 1000);
    return seconds <= 0 ? null : { user: this.#user, until: this.#until, seconds };
  }

  /** When it closes, by the wall clock as it was when it opened; null where it is closed. */
  get closesAt(): Timestamp | null {
    return this.#closesAt;
  }
}
