/** What kgctl said to `showconf peer`: sections, each on a line of its own, or that it refused. */
export type KgctlAnswer = readonly string[] | 'refused';

/** A [Peer] in the words of its configuration. */
export interface PeerWords {
  readonly publicKey: string;
  readonly presharedKey: string | null;
  readonly endpoint: string | null;
  readonly persistentKeepalive: number;
  readonly allowedIps: readonly string[];
}

/** A [Peer] on one line. Of keys both ends are kept, which is enough to tell them apart. */
export function lineOf(peer: PeerWords): string {
  return [
    shortKey(peer.publicKey),
    peer.presharedKey === null ? '-' : shortKey(peer.presharedKey),
    peer.endpoint ?? '-',
    String(peer.persistentKeepalive),
    peer.allowedIps.join(',') || '-',
  ].join(' ');
}

/** What `kgctl showconf peer` prints, a section a line. */
export function linesOf(text: string): string[] {
  const sections = text.split('[Peer]\n').slice(1);
  return sections.map((section) => {
    const fields = new Map(
      section
        .split('\n')
        .filter((line) => line.includes(' = '))
        .map((line) => [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3)]),
    );
    return lineOf({
      publicKey: fields.get('PublicKey') ?? '',
      presharedKey: fields.get('PresharedKey') ?? null,
      endpoint: fields.get('Endpoint') ?? null,
      persistentKeepalive: Number(fields.get('PersistentKeepalive')),
      allowedIps: (fields.get('AllowedIPs') ?? '').split(', ').filter((item) => item !== ''),
    });
  });
}

/** Answers by their seeds, as the fixture has them. */
export function formatAnswers(answers: ReadonlyMap<number, KgctlAnswer>): string {
  return [...answers]
    .map(
      ([seed, answer]) =>
        `# ${seed}\n${answer === 'refused' ? 'refused\n' : answer.map((line) => `${line}\n`).join('')}`,
    )
    .join('');
}

/** The fixture, as {@link formatAnswers} wrote it. */
export function parseAnswers(text: string): Map<number, KgctlAnswer> {
  return new Map(
    text
      .split(/^# /m)
      .slice(1)
      .map((part) => {
        const [seed = '', ...lines] = part.trimEnd().split('\n');
        return [Number(seed), lines[0] === 'refused' ? 'refused' : lines];
      }),
  );
}

function shortKey(key: string): string {
  return `${key.slice(0, 4)}…${key.slice(-4)}`;
}

/**
 * What a drawing in Graphviz's language says, in any order and whatever its blanks: links, and nodes with their labels, each with the
 * group that it stands in.
 */
export function statementsOf(dot: string): string[] {
  const statements: string[] = [];
  let group = '';
  // kgctl ends the label of a Peer with a line end of its own.
  for (const line of dot
    .replace(/\n"/g, '"')
    .split('\n')
    .map((text) => text.trim())) {
    const link = /^"(.*)"\s*->\s*"(.*?)"\s*\[\s*(.*?)\s*\];$/.exec(line);
    const node = /^"(.*?)"\s*\[\s*label="(.*)",\s*(rank=1,\s*)?shape=ellipse\s*\];$/.exec(line);
    const opened = /^subgraph "(.*)" \{$/.exec(line);
    if (opened !== null) group = opened[1] ?? '';
    if (link !== null) statements.push(`link ${link.slice(1).join(' ')}`);
    if (node !== null)
      statements.push(`node ${group} ${node[1] ?? ''} ${node[2] ?? ''}${node[3] ? ' leader' : ''}`);
    if (line.startsWith('label=')) statements.push(`label ${group} ${line}`);
  }
  return statements.sort();
}
