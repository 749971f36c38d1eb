/**
 * Runs in a network namespace of its own: makes a host with many routes, tables, rules and tunnels out of a seed, asks the kernel and
 * the model where packets go, and prints each packet about which they differ.
 */
import { readHostNetwork } from '../../../electron/helper/network/host.ts';
import { performRouting } from '../../../electron/helper/network/perform.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import { refuses } from '../../../shared/network/host/host-network.ts';
import type { HostRoute } from '../../../shared/network/host/host-network.ts';
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
  if (random(10) === 0) return oneOf(unusual[family]);
  if (family === 4) return `${oneOf([10, 10, 10, 192, 203])}.${random(5)}.${random(256)}.${random(256)}`;
  return `${oneOf(['fd00', 'fd00', 'fd00', '2001'])}:${random(5)}:${random(65_536).toString(16)}::${(1 + random(65_534)).toString(16)}`;
}

/** Nobody's, everybody's, of groups of listeners, of networks as such, and this machine's own. */
const unusual = {
  4: [
    ...[
      '0.0.0.0',
      '255.255.255.255',
      '224.0.0.5',
      '239.1.2.3',
      '127.0.0.1',
      '127.255.255.255',
      '169.254.3.4',
    ],
    ...['192.168.1.0', '192.168.1.255', '192.168.1.5', '10.1.64.255', '10.2.0.1'],
  ],
  6: ['::', '::1', 'fd99::', 'fd99::5', 'fd99::77'],
} as const;

function randomRoute(family: 4 | 6): string {
  const table = oneOf(['main', 'main', '100', '200']);
  const to = random(8) === 0 ? 'default' : masked(prefix(family));
  const ending = `table ${table} metric ${1 + random(3)}`;
  const gateways =
    family === 4 ? ['192.168.1.1', '192.168.1.2', '192.168.1.3'] : ['fd99::1', 'fd99::2', 'fd99::3'];
  const special = random(12);
  if (special === 0)
    return `route add ${to} ${ending} ${gateways.map((gateway) => `nexthop via ${gateway} dev eth0`).join(' ')}`;
  if (special === 1) return `route add ${to} nhid ${family}${1 + random(3)} ${ending}`;
  if (special === 2) {
    const only = family === 4 ? 'tos 0x10' : 'from fd99::/64';
    return `route add ${to.replace('default', family === 4 ? 'default' : '::/0')} ${only} dev br0 ${ending}`;
  }
  if (special === 3 && family === 4) return `route add ${to} via inet6 fd99::9 dev eth0 ${ending}`;
  const kind = random(6);
  const where =
    kind === 0
      ? ''
      : `dev ${oneOf(['eth0', 'eth1', 'br0'])}${kind === 1 ? ` via ${family === 4 ? '192.168.1.1' : 'fd99::1'}` : ''}`;
  const type = where === '' ? oneOf(['blackhole', 'unreachable', 'prohibit', 'throw']) : '';
  return `route add ${type} ${to} ${where.replace(/dev (eth1|br0) via/, 'dev eth0 via')} ${ending}`;
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
    'ipproto udp dport 53',
    'tos 0x10',
  ]);
  const action = oneOf([
    'lookup main',
    'lookup 100',
    'lookup 200',
    'lookup main suppress_prefixlength 8',
    'lookup 100 suppress_prefixlength 0',
    'lookup main suppress_ifgroup 7',
    'lookup 100 suppress_ifgroup default',
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
  'link set eth1 group 7',
  'nexthop add id 1 via 192.168.1.4 dev eth0',
  'nexthop add id 2 via 192.168.1.6 dev eth0',
  'nexthop add id 41 group 1/2',
  'nexthop add id 42 via 192.168.1.7 dev eth0',
  'nexthop add id 43 blackhole',
  'nexthop add id 3 via fd99::4 dev eth0',
  'nexthop add id 4 via fd99::6 dev eth0',
  'nexthop add id 61 group 3/4',
  'nexthop add id 62 via fd99::7 dev eth0',
]);
batch(['nexthop add id 63 blackhole'], '-6');
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
  user: oneOf([0, 0, 7]),
}));
const { stdout, failed } = batch(
  questions.map(({ to, mark, user }) => `route get ${to} mark ${mark} uid ${user}`),
  '-N',
  '-j',
);
const answers = stdout
  .split('\n')
  .filter((line) => line.startsWith('['))
  .map((line) => (JSON.parse(line) as KernelRoute[])[0]);

/** What `ip -N -j route get` prints, as far as it is compared. */
interface KernelRoute {
  readonly type?: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
}

/** What is for many is sent without a gateway, whatever the route says. */
const forMany = new Set(['3', '5']);

const differences: string[] = [];
let refused = 0;
let shared = 0;
questions.forEach(({ to, mark, user }, index) => {
  const destination = parseAddress(to);
  if (destination === null) throw new Error(to);
  const answer = failed.has(index) ? undefined : answers.shift();
  // IPv6 refuses with an answer: by an error, or by a route of that type.
  const isRefused = answer === undefined || ['6', '7', '8'].includes(answer.type ?? '');
  if (isRefused) refused += 1;
  const gateway = answer?.gateway ?? answer?.via?.host ?? 'none';
  const theirs = isRefused ? 'refused' : `${answer.dev ?? ''} via ${gateway}`;
  const { route } = lookUp(host, { destination, mark, user, protocol: destination.family === 4 ? 17 : 0 });
  const ours = waysOf(route, forMany.has(answer?.type ?? ''));
  if (ours.length > 1) shared += 1;
  if (!ours.includes(theirs))
    differences.push(`${to} mark ${mark} user ${user}: kernel ${theirs}, model ${ours.join(' or ')}`);
});

/** How a packet may leave: of several next hops, the kernel takes any. */
function waysOf(route: HostRoute | null, isForMany: boolean): string[] {
  if (route === null || refuses(route)) return ['refused'];
  // What goes to this machine itself goes by lo, whatever interface the address is on.
  if (route.kind === 'local') return ['lo via none'];
  return route.hops.map(({ device, gateway }) => {
    const by = gateway === null || isForMany ? 'none' : formatAddress(gateway);
    return `${device} via ${by}`;
  });
}

const made = { routes: host.routes.length, rules: host.rules.length };
console.log(JSON.stringify({ asked: questions.length, refused, shared, ...made, differences }));
