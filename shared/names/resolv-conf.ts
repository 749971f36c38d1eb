/** What a resolv.conf says, as far as it matters here. */
export interface ResolvConf {
  /** Addresses, as they are written. */
  readonly servers: readonly string[];
  readonly searchDomains: readonly string[];
  readonly options: readonly string[];
}

/** A resolv.conf that says nothing. */
export const emptyResolvConf: ResolvConf = { servers: [], searchDomains: [], options: [] };

/** Who writes a resolv.conf, by what its first comments say; `adit` is any helper of ours. */
export type ResolvConfWriter = 'adit' | 'systemd-resolved' | 'resolvconf' | 'NetworkManager' | 'unknown';

/** As many servers as glibc asks (MAXNS in resolv.h). */
export const mostServers = 3;

/** More characters in a line of search domains are cut off by glibc before 2.26. */
const searchLimit = 256;

/**
 * Options that do not survive another server: `trust-ad` trusts the one that was there, and `rotate` would ask the servers in turn
 * where the first is the one that knows which to ask.
 */
const strangeOptions: ReadonlySet<string> = new Set(['trust-ad', 'rotate']);

/**
 * Reads the text of a resolv.conf. Of several `search` and `domain` lines the last counts; options add up.
 *
 * @see resolv.conf(5)
 */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  const options: string[] = [];
  let searchDomains: string[] = [];
  for (const line of text.split('\n')) {
    // The keyword begins the line; a comment begins with # or ;.
    const [keyword = '', ...words] = line.split(/\s+/).filter((word, index) => word !== '' || index === 0);
    const [first] = words;
    if (keyword === 'nameserver' && first !== undefined) servers.push(first);
    else if (keyword === 'search') searchDomains = words;
    else if (keyword === 'domain' && first !== undefined) searchDomains = [first];
    else if (keyword === 'options') options.push(...words);
  }
  return { servers, searchDomains, options };
}

/** Whose a resolv.conf of Adit's is. */
export interface ResolvConfMark {
  /** The user that the helper serves. */
  readonly owner: number;
  /** The network namespace, as `/proc/self/ns/net` names it. */
  readonly namespace: string;
}

/** The text of a resolv.conf of ours: marked, with as many servers and search domains as are minded. */
export function printResolvConf(conf: ResolvConf, mark: ResolvConfMark): string {
  const searchDomains = fitting(conf.searchDomains);
  const options = conf.options.filter((option) => !strangeOptions.has(option));
  return [
    `# ${titleOf(mark)}`,
    '# "adit down" and "adit recover" put back what was here before.',
    ...conf.servers.slice(0, mostServers).map((server) => `nameserver ${server}`),
    ...(searchDomains.length === 0 ? [] : [`search ${searchDomains.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}

/** Whose a resolv.conf is, if it is one of Adit's. */
export function markOf(text: string): ResolvConfMark | null {
  const match = /^# Made by Adit for user (\d+) in (net:\[\d+\])$/m.exec(text.slice(0, 200));
  return match === null ? null : { owner: Number(match[1]), namespace: match[2] ?? '' };
}

function titleOf({ owner, namespace }: ResolvConfMark): string {
  return `Made by Adit for user ${owner} in ${namespace}`;
}

/**
 * Who writes a resolv.conf, by the comments at its beginning.
 *
 * @see the same way of telling in tailscale net/dns/manager_linux.go resolvOwner
 */
export function writerOf(text: string): ResolvConfWriter {
  if (markOf(text) !== null) return 'adit';
  const writers = ['systemd-resolved', 'resolvconf', 'NetworkManager'] as const;
  for (const line of text.split('\n')) {
    if (line.trim() !== '' && !/^\s*[#;]/.test(line)) break;
    const writer = writers.find((name) => line.includes(name));
    if (writer !== undefined) return writer;
  }
  return 'unknown';
}

function fitting(domains: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const domain of new Set(domains)) {
    length += domain.length + 1;
    if (length > searchLimit) break;
    kept.push(domain);
  }
  return kept;
}
