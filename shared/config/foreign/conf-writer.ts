import type { ForeignConf } from './foreign-conf.ts';

/** Puts a configuration together and keeps in mind which line of the source each of its lines comes from. */
export class ConfWriter {
  readonly #interface: string | null;
  readonly #lines: string[] = [];
  readonly #sourceLines: number[] = [];

  constructor(name: string | null) {
    this.#interface = name;
  }

  /** Begins a section, a blank line before it. @param source its line in the source, from 1 */
  section(header: '[Interface]' | '[Peer]', source: number): void {
    if (this.#lines.length > 0) this.line('', source);
    this.line(header, source);
  }

  /** Adds a line. @param source its line in the source, from 1 */
  line(text: string, source: number): void {
    this.#lines.push(text);
    this.#sourceLines.push(source);
  }

  /** What has been put together. */
  finish(): ForeignConf {
    const text = this.#lines.map((line) => `${line}\n`).join('');
    return { interface: this.#interface, text, sourceLines: this.#sourceLines };
  }
}
