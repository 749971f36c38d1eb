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
