/** How long an API server is waited for; milliseconds. */
export interface Patience {
  /** For the beginning of an answer, the connection with it, and for each further piece of it. */
  readonly silence: number;
  /** For the whole of an answer. */
  readonly answer: number;
}

/** kubectl waits for ever. A list of 5,000 nodes takes some seconds over a slow line. */
export const usualPatience: Patience = { silence: 15_000, answer: 120_000 };
