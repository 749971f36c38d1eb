/** Blanks that are none to `wg`, and the names that people may know them by. */
const blanks: ReadonlyMap<string, string> = new Map([
  ['\u00a0', 'a no-break space'],
  ['\u3000', 'a full-width space'],
  ['\u202f', 'a narrow no-break space'],
  ['\u205f', 'a mathematical space'],
  ['\u2028', 'a line separator'],
  ['\u2029', 'a paragraph separator'],
]);

const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]/;

const signs: ReadonlyMap<string, string> = new Map([
  ['\u3001', ','],
  ['\u3002', '.'],
  ['\u3010', '['],
  ['\u3011', ']'],
  ['\u2010', '-'],
  ['\u2011', '-'],
  ['\u2013', '-'],
  ['\u2212', '-'],
  ['\u2215', '/'],
  ['\u2044', '/'],
]);

/**
 * A text with every character that only looks like ASCII replaced by what it looks like: full-width forms, other spaces,
 * dashes; invisible characters go.
 *
 * @returns null where nothing had to be replaced, or where something that is not ASCII remains
 */
export function plainLookAlikes(text: string): { readonly text: string; readonly found: string } | null {
  if (!/[^\0-\x7f]/.test(text)) return null;
  let plain = '';
  let found = '';
  for (const character of text) {
    const replacement = plainFor(character);
    if (replacement === null) return null;
    if (replacement.name !== '' && found === '') found = replacement.name;
    plain += replacement.text;
  }
  return { text: plain, found };
}

function plainFor(character: string): { text: string; name: string } | null {
  const code = character.charCodeAt(0);
  if (code < 0x80) return { text: character, name: '' };
  const blank = blanks.get(character);
  if (blank !== undefined) return { text: ' ', name: blank };
  if (code >= 0x2000 && code <= 0x200a) return { text: ' ', name: 'a typographic space' };
  if (invisible.test(character)) return { text: '', name: 'an invisible character' };
  const sign = signs.get(character);
  if (sign !== undefined) return { text: sign, name: `"${character}" in place of "${sign}"` };
  if (code < 0xff01 || code > 0xff5e) return null;
  const ascii = String.fromCharCode(code - 0xfee0);
  return { text: ascii, name: `the full-width "${character}"` };
}
