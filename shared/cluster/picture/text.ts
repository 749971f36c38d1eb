/** Characters that no XML has, that are seen by nobody, or that turn a line around. */
const unfit = /[\p{Cc}\p{Cs}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/gu;

/** A name as it can stand in a picture, whoever wrote it. */
export function onePicture(text: string): string {
  return text.replace(unfit, '\u{fffd}');
}

/** A text as XML has it, between tags and in quotes. @param text that {@link onePicture} has seen */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The characters of a text that is not longer than some columns, or as many as leave room for dots. */
export function clipped(text: string, most: number): string {
  if (columnsOf(text) <= most) return text;
  let clip = '';
  let columns = 1;
  for (const character of text) {
    columns += widthOf(character);
    if (columns > most) break;
    clip += character;
  }
  return `${clip}…`;
}

/** How wide a text is where each character of Latin is as wide as another. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** Characters of East Asia, and signs beyond U+FFFF, are twice as wide; which exactly does not matter for a box around them. */
function widthOf(character: string): 1 | 2 {
  return (character.codePointAt(0) ?? 0) >= 0x1100 && character !== '\u{fffd}' ? 2 : 1;
}
