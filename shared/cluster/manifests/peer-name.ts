/** The longest that is made up here: what a label takes. */
const longest = 63;

/**
 * A name for the Peer of a laptop, made of what it is called and who uses it: `alice-thinkpad`.
 *
 * @returns letters, digits and dashes, as Kubernetes takes them (RFC 1123)
 */
export function peerNameFor(user: string, host: string): string {
  const [machine = ''] = host.split('.');
  return (
    cut(
      [user, machine]
        .map(wordOf)
        .filter((word) => word !== '')
        .join('-'),
      longest,
    ) || 'laptop'
  );
}

/** The name that is tried for the `count`th time, where others have those before: the second is `NAME-2`. */
export function nthName(name: string, count: number): string {
  if (count === 1) return name;
  const ending = `-${count}`;
  return `${cut(name, longest - ending.length)}${ending}`;
}

function wordOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[-.]+$/, '');
}
