import { decodeUtf8 } from './encoding.ts';

/**
 * The characters that Windows code page 1252 has in 0x80..0x9F, in order; a space stands for the five bytes without one,
 * which readers keep as the control character of the same number.
 */
const upperControls = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

const bytesOf1252: ReadonlyMap<number, number> = new Map(
  Array.from(upperControls).flatMap((character, index) =>
    character === ' ' ? [] : [[character.charCodeAt(0), 0x80 + index] as const],
  ),
);

const notAscii = /[^\0-\x7f]/;

/**
 * Undoes the commonest damage to a text: UTF-8 that was read as Windows-1252 and saved again, which turns `é` into `Ã©` and
 * every Chinese character into three. Nothing is decided here: it is for a person to accept.
 *
 * @returns the text before the damage, or null where the text is not of that kind
 */
export function undoMojibake(text: string): string | null {
  if (!notAscii.test(text)) return null;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const byte = unit <= 0xff ? unit : bytesOf1252.get(unit);
    if (byte === undefined) return null;
    bytes[at] = byte;
  }
  return decodeUtf8(bytes, 0);
}
