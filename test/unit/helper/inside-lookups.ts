/**
 * Runs in a network namespace of its own: makes a host with many routes, tables, rules and tunnels out of a seed, asks the kernel and
 * the model where packets go, and prints each packet about which they differ.
 */
import { readHostNetwork } from '../../../electron/helper/network/host.ts';
import { performRouting } from '../../../electron/helper/network/perform.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import { lookUp } from '../../../shared/network/host/lookup.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import type { Change } from '../../../shared/network/plan/difference.ts';
import { spawnSync } from 'node:child_process';
import { planned } from '../plan/tunnels.ts';

const [seed = 1, packets = 500] = process.argv.slice(2).map(Number);
const programs = new Programs(true);
const ip = programs.path('ip');

/** Numbers that look random and are the same for a seed (mulberry32). */
let state = seed;
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}

function oneOf<T>(values: readonly T[]): T {
  const value = values[random(values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

/** Runs commands of `ip`; those that the kernel refuses are left out. */
function batch(lines: readonly string[], ...options: string[]): { stdout: string; failed: Set<number> } {
  const { stdout, stderr } = spawnSync(ip, [...options, '-force', '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const failed = new Set(
    [...stderr.matchAll(/^Command failed -:(\d+)/gm)].map(([, line]) => Number(line) - 1),
  );
  return { stdout, failed };
}

function prefix(family: 4 | 6): string {
  if (family === 4) return `10.${random(4)}.${random(4) * 64}.0/${oneOf([8, 14, 16, 18, 20, 24, 26])}`;
  return `fd00:${random(4)}:${(random(4) * 0x4000).toString(16)}::/${oneOf([16, 32, 34, 48, 64])}`;
}

/** The same prefix without the bits behind its length, as `ip` wants it. */
function masked(text: string): string {
  const [host = '', length = '0'] = text.split('/');
  const parsed = parseAddress(host);
  if (parsed === null) throw new Error(text);
  const words = parsed.words.map((word, index) => {
    const bits = Math.max(0, Math.min(32, Number(length) - index * 32));
    return bits === 0 ? 0 : (word & (0xffff_ffff << (32 - bits))) >>> 0;
  });
  return `${formatAddress({ ...parsed, words })}/${length}`;
}

function address(family: 4 | 6): string {
  if (family === 4) return `${oneOf([10, 10, 10, 192, 203])}.${random(5)}.${random(256)}.${random(256)}`;
  return `${oneOf(['fd00', 'fd00', 'fd00', '2001'])}:${random(5)}:${random(65_536).toString(16)}::${(1 + random(65_534)).toString(16)}`;
}

function randomRoute(family: 4 | 6): string {
  const table = oneOf(['main', 'main', '100', '200']);
  const to = random(8) === 0 ? 'default' : masked(prefix(family));
  const kind = random(6);
  const where =
    kind === 0
      ? ''
      : `dev ${oneOf(['eth0', 'eth1', 'br0'])}${kind === 1 ? ` via ${family === 4 ? '192.168.1.1' : 'fd99::1'}` : ''}`;
  const type = where === '' ? oneOf(['blackhole', 'unreachable', 'prohibit', 'throw']) : '';
  return `route add ${type} ${to} ${where.replace(/dev (eth1|br0) via/, 'dev eth0 via')} table ${table} metric ${1 + random(3)}`;
}

function randomRule(family: 4 | 6, index: number): string {
  const selector = oneOf([
    '',
    `to ${masked(prefix(family))}`,
    `from ${masked(prefix(family))}`,
    `fwmark 0x${(1 + random(3)).toString(16)}/0x3`,
    'fwmark 0x20ad',
    'iif lo',
    'oif eth0',
    'iif eth0',
    'uidrange 0-0',
    'uidrange 5-9',
    'ipproto udp',
  ]);
  const action = oneOf([
    'lookup main',
    'lookup 100',
    'lookup 200',
    'lookup main suppress_prefixlength 8',
    'lookup 100 suppress_prefixlength 0',
    'goto 32766',
    'nop',
    'prohibit',
  ]);
  // What refuses everything would leave nothing to compare.
  const asked = action === 'prohibit' && selector === '' ? 'fwmark 0x3' : selector;
  const not = asked !== '' && random(4) === 0 ? 'not' : '';
  return `rule add ${not} ${asked} pref ${29_000 + index} ${action}`;
}

batch([
  'link set lo up',
  'link add eth0 type veth peer name far0',
  'link add eth1 type veth peer name far1',
  'link add home type veth peer name far2',
  'link add office type veth peer name far3',
  'link add br0 type bridge',
  ...['eth0', 'eth1', 'home', 'office', 'br0', 'far0', 'far1', 'far2', 'far3'].map(
    (name) => `link set ${name} up`,
  ),
  'address add 192.168.1.5/24 dev eth0',
  'address add fd99::5/64 dev eth0 nodad',
  'address add 10.1.64.9/24 dev br0',
  'address add 10.2.0.1/20 dev eth1',
  'route add default via 192.168.1.1',
  'route add ::/0 via fd99::1',
]);
for (const family of [4, 6] as const) {
  batch(
    Array.from({ length: 15 }, () => randomRoute(family)),
    `-${family}`,
  );
  batch(
    Array.from({ length: random(6) }, (_, index) => randomRule(family, index)),
    `-${family}`,
  );
}
const tunnels = [
  planned({
    prefixes: oneOf([
      ['0.0.0.0/0', '::/0'],
      ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'],
      [masked(prefix(4)), masked(prefix(6))],
    ]),
  }),
  planned({
    interface: 'office',
    addresses: ['10.4.0.9/32'],
    prefixes: [masked(prefix(4)), masked(prefix(4)), masked(prefix(6))],
    order: 2,
  }),
];
const changes = desiredNetwork(tunnels)
  .filter(({ kind }) => kind === 'route' || kind.endsWith('rule'))
  .map((resource): Change => ({ kind: 'make', resource }));
await performRouting(changes, programs);

const host = await readHostNetwork(programs);
const questions = Array.from({ length: packets }, () => ({
  to: address(oneOf([4, 6] as const)),
  mark: oneOf([0, 0, 1, 2, 3, outerMark]),
}));
const { stdout, failed } = batch(
  questions.map(({ to, mark }) => `route get ${to} mark ${mark}`),
  '-N',
  '-j',
);
const answers = stdout
  .split('\n')
  .filter((line) => line.startsWith('['))
  .map((line) => (JSON.parse(line) as { type?: string; dev?: string; gateway?: string }[])[0]);
const differences: string[] = [];
let refused = 0;
questions.forEach(({ to, mark }, index) => {
  const destination = parseAddress(to);
  if (destination === null) throw new Error(to);
  const answer = failed.has(index) ? undefined : answers.shift();
  // IPv6 refuses with an answer: by an error, or by a route of that type.
  const refuses = answer === undefined || ['6', '7', '8'].includes(answer.type ?? '');
  if (refuses) refused += 1;
  const theirs = refuses ? 'refused' : `${answer.dev ?? ''} via ${answer.gateway ?? 'none'}`;
  const { route } = lookUp(host, { destination, mark, user: 0, protocol: destination.family === 4 ? 17 : 0 });
  const isRefused = route === null || ['blackhole', 'unreachable', 'prohibit'].includes(route.kind);
  const gateway = route?.gateway ?? null;
  // What goes to this machine itself goes by lo, whatever interface the address is on.
  const device = route?.kind === 'local' ? 'lo' : (route?.device ?? '');
  const ours = isRefused ? 'refused' : `${device} via ${gateway === null ? 'none' : formatAddress(gateway)}`;
  if (theirs !== ours) differences.push(`${to} mark ${mark}: kernel ${theirs}, model ${ours}`);
});
const made = { routes: host.routes.length, rules: host.rules.length };
console.log(JSON.stringify({ asked: questions.length, refused, ...made, differences }));
