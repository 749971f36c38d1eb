/** What the helper and its resolver say to each other: a line of JSON for each question, and one for each answer. */

/** A question: whose address, and who may know it. */
export interface Question {
  readonly id: number;
  /** A DNS name. */
  readonly name: string;
  /** Addresses of name servers, all of which are asked; with none, the system is. */
  readonly servers: readonly string[];
  /** Milliseconds until there must be an answer. */
  readonly deadline: number;
}

/** Why a name has no address. */
export type LookupFailure = 'no-name' | 'no-address' | 'no-answer';

/** What became of a question. */
export type Lookup =
  /** Its addresses, at least one, in the order in which they were answered; those of IPv6 first. */
  | { readonly kind: 'found'; readonly addresses: readonly string[] }
  | { readonly kind: 'none'; readonly reason: LookupFailure };

/** An answer, to the question of the same number. */
export type Answer = Lookup & { readonly id: number };

/** As many addresses of one name as are taken: more are left out. */
export const mostAddresses = 64;

/** As many servers as are asked for one name. */
export const mostServers = 8;

/** As many questions as are open at one time. */
export const mostQuestions = 64;

/** Bytes of a line: 64 addresses fit, and nothing longer is ever sent. */
const lineLimit = 8 * 1024;

/** Puts together the lines of a stream. */
export class LineReader {
  #rest = '';

  /**
   * The lines that are complete with this part, in order.
   *
   * @throws RangeError where a line is longer than any that is sent
   */
  take(part: string): string[] {
    const lines = (this.#rest + part).split('\n');
    this.#rest = lines.pop() ?? '';
    if ([this.#rest, ...lines].some((line) => line.length > lineLimit))
      throw new RangeError('the line is too long');
    return lines;
  }
}
