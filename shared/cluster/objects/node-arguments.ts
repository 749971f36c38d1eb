import type { ClusterNode } from './node.ts';

/** Where k3s and RKE2 write down how they were started. */
const annotations = ['k3s.io/node-args', 'rke2.io/node-args'] as const;

/**
 * The words with which k3s or RKE2 was started on the first server node that says so; null where none does.
 *
 * @see k3s pkg/nodeconfig/nodeconfig.go
 */
export function serverWords(nodes: readonly ClusterNode[]): readonly string[] | null {
  for (const { annotations: own } of nodes) {
    for (const name of annotations) {
      const words = wordsIn(own.get(name));
      if (words?.[0] === 'server') return words;
    }
  }
  return null;
}

/** The last value of `--name VALUE` or `--name=VALUE` among words; null where it is not there. */
export function wordOf(words: readonly string[], name: string): string | null {
  return wordsOf(words, name).pop() ?? null;
}

/** Every value of `--name VALUE` or `--name=VALUE`, in the order in which they stand; Go takes one dash for two. */
export function wordsOf(words: readonly string[], name: string): string[] {
  return words.flatMap((word, index) => {
    if (!word.startsWith('-')) return [];
    const option = word.replace(/^--?/, '');
    if (option === name) return words[index + 1] ?? [];
    return option.startsWith(`${name}=`) ? option.slice(name.length + 1) : [];
  });
}

/** The values of an option that may stand several times, each a list with commas. @see k3s pkg/cli/cmds/server.go StringSliceFlag */
export function listOf(words: readonly string[], name: string): string {
  return wordsOf(words, name).join(',');
}

function wordsIn(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.map(String) : null;
  } catch {
    return null;
  }
}
