/** A table of nftables, whole. */
export interface TableText {
  /** For `nft -f`: one transaction that replaces the table, or makes it. */
  readonly ruleset: string;
  /** Tells one content from another. The listing of the table bears it. */
  readonly digest: string;
}

/**
 * A table of family inet with this content.
 *
 * @param content chains and sets, as nft reads them
 * @param identity what the digest is made of; the content itself unless told
 */
export function tableText(name: string, content: string, identity = content): TableText {
  const digest = fingerprint(identity);
  // The digest stands in the name of an empty chain, where every version of nft shows it again as it was written.
  const table = `table inet ${name} {\n${content}\tchain text-${digest} {\n\t}\n}\n`;
  return { ruleset: `add table inet ${name}\ndelete table inet ${name}\n${table}`, digest };
}

/** The digest that a listing of a table of ours bears, or null where it bears none. */
export function digestOfListing(listing: string): string | null {
  return /chain text-([0-9a-f]{16})\b/.exec(listing)?.[1] ?? null;
}

/** A base chain of type filter. @param priority a word or number of nft's */
export function filterChain(
  name: string,
  hook: string,
  priority: string,
  policy: 'accept' | 'drop',
  rules: readonly string[],
): string {
  const head = `\t\ttype filter hook ${hook} priority ${priority}; policy ${policy};\n`;
  return `\tchain ${name} {\n${head}${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n`;
}

/** A packet mark as nft shows it. */
export function markText(mark: number): string {
  return `0x${mark.toString(16).padStart(8, '0')}`;
}

/** FNV-1a over the text, twice with different offsets: 16 hexadecimal digits. Tells texts apart; keeps no secret. */
function fingerprint(text: string): string {
  return [0x811c9dc5, 0x01000193].map((offset) => fnv1a(text, offset).toString(16).padStart(8, '0')).join('');
}

function fnv1a(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
