/** A part of a list as offsets into the text, without outer spaces and tabs. */
export interface Item {
  readonly start: number;
  readonly end: number;
}

/** The parts between commas in `from..to`, empty ones too: how `wg` takes AllowedIPs apart. */
export function* commaItems(text: string, from: number, to: number): Generator<Item> {
  let start = from;
  for (let at = from; at <= to; at += 1) {
    if (at < to && text.charCodeAt(at) !== 0x2c) continue;
    yield { start, end: at };
    start = at + 1;
  }
}

/**
 * The words in `from..to`, parted by commas, spaces and tabs: how bash takes Address and DNS apart. Other blanks part nothing.
 *
 * @see wireguard-tools src/wg-quick/linux.bash parse_options
 */
export function* wordItems(text: string, from: number, to: number): Generator<Item> {
  let start = -1;
  for (let at = from; at <= to; at += 1) {
    const code = at < to ? text.charCodeAt(at) : 0x2c;
    const parts = code === 0x2c || code === 0x20 || code === 0x09;
    if (!parts && start < 0) start = at;
    if (parts && start >= 0) {
      yield { start, end: at };
      start = -1;
    }
  }
}
