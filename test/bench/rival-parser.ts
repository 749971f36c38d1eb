import IniParser from '@jedmao/ini-parser';
import type { Sections } from '@jedmao/ini-parser';

// The package is CommonJS without the mark that lets Node find its default export.
const Parser = (IniParser as unknown as { default: typeof IniParser }).default;

/** With these settings `;` and `:` are characters like others, and values stay texts. */
const parser = new Parser({ comment: /[#]/, delimiter: /[=]/, resolve: (value: unknown) => value });

/** What the parser makes of a configuration. */
export function parseWithRival(text: string): Sections {
  return parser.parse(text);
}

/**
 * The peers in it, each as its key and its prefixes. That takes knowing that the parser ends a section at a blank line and that it
 * minds the case.
 */
export function peersOf(sections: Sections): string[] {
  const peers: { key: string; prefixes: string[] }[] = [];
  let isPeer = false;
  for (const { name, nodes } of sections.items) {
    if (name !== undefined && name !== '') {
      isPeer = name.toLowerCase() === 'peer';
      if (isPeer) peers.push({ key: '', prefixes: [] });
    }
    const peer = isPeer ? peers.at(-1) : undefined;
    for (const node of nodes as { key?: string; value?: string }[]) {
      const field = node.key?.toLowerCase();
      if (peer !== undefined && field === 'publickey') peer.key = node.value ?? '';
      if (peer !== undefined && field === 'allowedips')
        peer.prefixes.push(...(node.value ?? '').split(',').map((prefix) => prefix.trim()));
    }
  }
  return peers.map(({ key, prefixes }) => `${key} ${prefixes.join()}`);
}
