import type { Shell } from './command.ts';

/**
 * What a host's network is made of, as sorted lines: links, addresses, routes of all tables, rules, nftables,
 * resolv.conf and the sysctls of every link. What changes by itself is left out: index numbers, packet counters,
 * lifetimes.
 */
export type Snapshot = readonly string[];

/** What two snapshots do not share. */
export interface Difference {
  /** Lines of the first only. */
  readonly gone: readonly string[];
  /** Lines of the second only. */
  readonly added: readonly string[];
}

const SECTIONS: Readonly<Record<string, string>> = {
  link: 'ip -o link show',
  address: 'ip -o address show',
  route4: 'ip -4 route show table all',
  route6: 'ip -6 route show table all',
  rule4: 'ip -4 rule show',
  rule6: 'ip -6 rule show',
  nft: 'nft list ruleset',
  resolver: 'readlink /etc/resolv.conf; cat /etc/resolv.conf',
  // Not every key can be read: stable_secret gives an error until it is set.
  sysctl:
    'grep -rs "" /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ip_nonlocal_bind',
};

/** Takes a snapshot; about 20 ms. */
export async function networkSnapshot(where: Shell): Promise<Snapshot> {
  const script = Object.entries(SECTIONS).map(([section, command]) => `echo '== ${section}'; ${command}`);
  // No section's failure is the snapshot's: a machine may have no IPv6, and readlink fails on a plain file.
  const { stdout } = await where.run(['bash', '-c', `${script.join('\n')}\ntrue`]);
  return stdout.split(/^== /m).slice(1).flatMap(readSection).sort();
}

/** What was there before and is not now, and the reverse. Equal lines are counted, not merged. */
export function difference(before: Snapshot, after: Snapshot): Difference {
  return { gone: without(before, after), added: without(after, before) };
}

function without(lines: Snapshot, others: Snapshot): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function readSection(text: string): string[] {
  const [section = '', ...rest] = text.split('\n');
  const lines = rest.filter((line) => line.trim() !== '');
  const said = section === 'nft' ? withPath(lines) : lines;
  return said.map((line) => `${section} ${steady(section, line)}`.trim());
}

/** A line without what changes by itself. */
function steady(section: string, line: string): string {
  const plain = line.replaceAll(/\\?\s+/g, ' ').trim();
  switch (section) {
    case 'link':
      return plain
        .replace(/^\d+: /, '')
        .replace(/^([^:@]+)@if\d+:/, '$1:')
        .replace(/ link-netns(id)? \S+/, '');
    case 'address':
      return plain.replace(/^\d+: /, '').replace(/ valid_lft \S+ preferred_lft \S+/, '');
    case 'route4':
    case 'route6':
      return plain.replace(/ expires \S+/, '');
    case 'nft':
      return plain.replaceAll(/counter packets \d+ bytes \d+/g, 'counter').replaceAll(/ expires \S+/g, '');
    case 'sysctl':
      return plain.replace('/proc/sys/net/', '');
    default:
      return plain;
  }
}

/** The lines inside nftables' braces, each with the table and chain it stands in: sorted, they lose their place. */
function withPath(lines: readonly string[]): string[] {
  const path: string[] = [];
  const said: string[] = [];
  for (const line of lines.map((raw) => raw.trim())) {
    if (line === '}') path.pop();
    else if (line.endsWith('{')) {
      path.push(line.slice(0, -1).trim());
      said.push(path.join(' > '));
    } else said.push([...path, line].join(' > '));
  }
  return said;
}
