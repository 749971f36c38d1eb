import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labEnvironment } from '../command.ts';

/** The part of a unit that says what its service may do, as far as it can be had without systemd. */
export interface Restrictions {
  /** Without `CAP_`, in small letters. */
  readonly capabilities: readonly string[];
  /** Numbers of address families. */
  readonly families: readonly number[];
  readonly calls: readonly string[];
  readonly writable: readonly string[];
  readonly readOnly: readonly string[];
  readonly hidden: readonly string[];
  /** Paths below /dev. */
  readonly devices: readonly string[];
}

/** AF_* of the kernel's linux/socket.h. */
const familyNumbers: Readonly<Record<string, number>> = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
};

/** What every service with DevicePolicy=closed may use (systemd.resource-control(5)), and has its devices for. */
const usualDevices = ['full', 'null', 'random', 'urandom', 'zero', 'tty', 'ptmx'];

/** What ProtectHome= hides. */
const homes = ['/home', '/root', '/run/user'];

/** What a unit may say that is no restriction, or that only systemd can carry out: `hardened.test.ts` tries it there. */
const otherKeys = [
  ...[
    'Type',
    'NotifyAccess',
    'ExecStart',
    'Environment',
    'UnsetEnvironment',
    'Restart',
    'RestartSec',
    'KillMode',
  ],
  ...[
    'TimeoutStopSec',
    'RuntimeDirectoryPreserve',
    'StateDirectoryMode',
    'SystemCallErrorNumber',
    'KeyringMode',
  ],
  ...['SystemCallArchitectures', 'RestrictRealtime', 'RestrictSUIDSGID', 'LockPersonality', 'LimitCORE'],
  ...['PrivateMounts', 'ProtectClock', 'ProtectControlGroups', 'ProtectHostname', 'ProtectKernelLogs'],
  'ProtectKernelModules',
];

/** What has to be said just so, for {@link confined} does it. */
const fixed: Readonly<Record<string, string>> = {
  NoNewPrivileges: 'yes',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  PrivateTmp: 'yes',
  RestrictNamespaces: 'yes',
  DevicePolicy: 'closed',
};

/** Reads the restrictions of a service. @throws where it says something that {@link confined} would pass over */
export function restrictionsOf(unit: string): Restrictions {
  const said = new Map<string, string[]>();
  for (const line of unit.slice(unit.indexOf('[Service]')).split('\n').slice(1)) {
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) said.set(key, [...(said.get(key) ?? []), ...value.split(' ').filter(Boolean)]);
  }
  const take = (key: string): string[] => {
    const values = said.get(key) ?? [];
    said.delete(key);
    return values.map((value) => value.replace(/^-/, ''));
  };
  for (const [key, value] of Object.entries(fixed)) {
    if (take(key).join(' ') !== value) throw new Error(`${key} is not ${value}`);
  }
  const restrictions = {
    capabilities: take('CapabilityBoundingSet').map((name) => name.replace('CAP_', '').toLowerCase()),
    families: take('RestrictAddressFamilies').map((name) => familyNumbers[name] ?? -1),
    calls: take('SystemCallFilter').flatMap(callsIn),
    writable: [
      ...take('ReadWritePaths'),
      ...take('RuntimeDirectory')
        .filter((name) => !name.includes('%'))
        .map((name) => join('/run', name)),
      ...take('StateDirectory').map((name) => join('/var/lib', name)),
    ],
    readOnly: take('ReadOnlyPaths'),
    hidden: [...take('InaccessiblePaths'), ...homes],
    devices: take('DeviceAllow')
      .filter((word) => word.startsWith('/dev/'))
      .map((path) => path.slice('/dev/'.length)),
  };
  for (const key of otherKeys) said.delete(key);
  if (said.size > 0) throw new Error(`nothing is done about ${[...said.keys()].join(', ')}`);
  return restrictions;
}

/** The system calls in one of systemd's sets, or the one of that name. */
function callsIn(name: string): string[] {
  if (!name.startsWith('@')) return [name];
  const argv = ['syscall-filter', '--no-pager', name];
  const { stdout } = spawnSync('systemd-analyze', argv, { env: labEnvironment(), encoding: 'utf8' });
  const lines = stdout
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).flatMap(callsIn);
}

/** The words that run a program within restrictions, on a host of a lab: what systemd does, by other means. */
export function confined(restrictions: Restrictions, argv: readonly string[]): string[] {
  const { capabilities, families, calls, writable, readOnly, hidden, devices } = restrictions;
  const folders = writable.filter((path) => /^\/(run|var\/lib)\//.test(path));
  const lists = {
    WRITABLE: writable,
    READ_ONLY: readOnly,
    HIDDEN: hidden,
    DEVICES: [...usualDevices, ...devices],
  };
  const filter = JSON.stringify({ calls, families });
  const inside = join(import.meta.dirname, '..', 'inside');
  // As a text: the checkout may be in what is hidden by then.
  const seccomp = readFileSync(join(inside, 'seccomp.py'), 'utf8');
  const bounds = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  return [
    ...['bash', '-c', 'mkdir -p $0 && exec "$@"', folders.join(' '), 'env'],
    ...Object.entries(lists).map(([name, paths]) => `${name}=${paths.join(' ')}`),
    ...['unshare', '--mount', '--propagation', 'private', '--', 'bash', join(inside, 'confine.sh')],
    ...['setpriv', '--no-new-privs', `--bounding-set=${bounds}`, '--inh-caps=-all', '--'],
    ...['/usr/bin/python3', '-c', seccomp, filter, '/usr/bin/env', '-i', 'ELECTRON_RUN_AS_NODE=1', ...argv],
  ];
}
