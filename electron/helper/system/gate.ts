/** Lets so many pieces of work through at a time; the others wait, in the order in which they came. */
export class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param most pieces of work under way at a time */
  constructor(most: number) {
    this.#free = most;
  }

  /** Does the work as soon as there is room, which may be at once; settles as the work does. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever is next takes over the place: nobody who comes meanwhile gets it.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
