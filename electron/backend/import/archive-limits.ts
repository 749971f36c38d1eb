import { FaultError } from '../../../shared/fault.ts';

/** The most entries a .zip file may have, folders counted. */
export const mostEntries = 2000;

/** The most bytes that the files taken from a .zip may have, one by one and together. */
export const mostBytes = 32 * 1024 * 1024;

/** From so many bytes on, a file may be at most so many times larger than it is in the archive. */
const ratio = { from: 256 * 1024, most: 100 } as const;

/**
 * Counts the bytes of an archive's files while they are inflated. What the headers promise is not relied upon.
 */
export class InflationMeter {
  #total = 0;
  #file = 0;

  /** Begins the next file. */
  next(): void {
    this.#file = 0;
  }

  /**
   * Counts further bytes of the current file.
   *
   * @param compressed how many bytes the file has in the archive
   * @throws FaultError `archive-too-large`
   */
  count(name: string, bytes: number, compressed: number): void {
    this.#total += bytes;
    this.#file += bytes;
    if (this.#total > mostBytes) throw tooLarge(`holds more than ${mostBytes} bytes of configurations`);
    if (this.#file > ratio.from && this.#file > ratio.most * compressed) {
      throw tooLarge(`has "${name}" in less than a hundredth of its size, as no configuration is`);
    }
  }
}

/** `archive-too-large`. @param what it holds, as the end of a sentence */
export function tooLarge(what: string): FaultError {
  return new FaultError({
    code: 'archive-too-large',
    message: `The .zip file ${what}. Nothing of it was taken.`,
    hint: 'Unpack it with a tool you trust, look at what is in it, and import the .conf files.',
  });
}
