const quote = 0x22;
const backslash = 0x5c;

/**
 * The values in a text that holds several of JSON, one behind the other, as `kubectl get --watch -o json` prints objects and
 * `jq '.items[]'` gives them. Takes time by the length of the text.
 *
 * @returns null where it is anything else: just objects and arrays, with blanks between them, are taken
 */
export function parseJsonDocuments(text: string): unknown[] | null {
  const values: unknown[] = [];
  try {
    for (let start = afterBlanks(text, 0); start < text.length;) {
      const end = endOfValue(text, start);
      if (end === null) return null;
      values.push(JSON.parse(text.slice(start, end)));
      start = afterBlanks(text, end);
    }
  } catch {
    return null;
  }
  return values;
}

function afterBlanks(text: string, from: number): number {
  const blanks = /[ \t\r\n]*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
}

/** Where the object or array ends that begins there; null where there is none, or it does not end. */
function endOfValue(text: string, start: number): number | null {
  if (!'{['.includes(text.charAt(start))) return null;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        depth--;
        break;
      case '"':
        at = endOfText(text, at);
    }
    if (depth === 0) return at + 1;
  }
  return null;
}

/** The place of the quote that ends a JSON text; the end of everything where none does. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return at;
    if (unit === backslash) at++;
  }
  return text.length;
}
