import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { helperUnit } from '../../../shared/contract/helper/installed.ts';
import { Lab } from '../lab.ts';
import { Systemd, whyNoSystemd } from '../systemd.ts';
import { describeInLab } from '../testing.ts';
import { install, installedUnits, owner } from './installed.ts';

/** systemd's own measure, from 0 to 10, of what a unit could do to a machine. The least it can be with the network to change. */
const highestExposure = 3.6;

/** What the helper has to do, each as a script that succeeds. */
const mayDo = {
  'replace a file in /etc': 'echo >/etc/probe.new; mv /etc/probe.new /etc/probe; rm /etc/probe',
  'change a setting of the network': 'cd /proc/sys/net/ipv4/conf/all; echo "$(cat rp_filter)" >rp_filter',
  'keep records': 'for d in /run/adit /run/wireguard /var/lib/adit; do echo >$d/probe; rm $d/probe; done',
  'open a tunnel': 'exec 3<>/dev/net/tun',
  'make a link': 'ip link add probe type bridge; ip link delete probe',
  'fill a firewall': 'nft add table inet probe; nft delete table inet probe',
  'answer names': `python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("127.0.0.53", 53))'`,
  'have a child of another user': `setpriv --reuid ${owner.uid} --regid ${owner.uid} --clear-groups true`,
  'end that child': `setpriv --reuid ${owner.uid} --clear-groups sleep 9 & sleep 0.2; kill $!`,
} as const;

/** What it has no business with, each as a script that fails. */
const mayNotDo = {
  'write programs': 'touch /usr/bin/probe',
  'write elsewhere': 'touch /run/probe',
  'leave a job to cron': 'mkdir -p /etc/cron.d; touch /etc/cron.d/probe',
  'leave a unit to systemd': 'touch /etc/systemd/probe.service',
  'change a rule of polkit': 'touch /etc/polkit-1/rules.d/probe.rules',
  'read passwords': 'cat /etc/shadow',
  'read wg-quick’s keys': 'ls /etc/wireguard',
  'look into homes': 'ls /root',
  'see what others have in /tmp': 'ls -A /tmp | grep adit-lab',
  'give files away': 'touch /run/adit/probe; chown 1 /run/adit/probe',
  'read what is not root’s': 'cat /run/theirs',
  'make devices': 'mknod /run/adit/probe-null c 1 3',
  ...(existsSync('/dev/fuse') ? { 'use other devices': 'head -c 0 /dev/fuse' } : {}),
  mount: 'mount -t tmpfs probe /mnt',
  'make namespaces': 'unshare --net true',
  'listen to every packet': `python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'`,
  'forge packets': `python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'`,
  'rename the machine':
    'echo probe >/proc/sys/kernel/hostname; test "$(cat /proc/sys/kernel/hostname)" = probe',
  'read the kernel’s log': 'dmesg',
  'make a program that runs as root for others': 'touch /run/adit/probe; chmod u+s /run/adit/probe',
  'gain a privilege': 'grep -q "^NoNewPrivs:.*0" /proc/self/status',
  'dump its memory': 'ulimit -c unlimited',
} as const;

/** Tries all of them in turn, and prints the names of those that succeeded. */
function probe(scripts: Readonly<Record<string, string>>): string {
  return Object.entries(scripts)
    .map(([name, script]) => `if ( set -e; ${script} ) >/dev/null 2>&1; then echo '${name}'; fi`)
    .join('\n');
}

describe.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('the unit of the helper', () => {
  test(`is exposed no more than ${highestExposure} of 10`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'adit-unit-'));
    try {
      const source = join(import.meta.dirname, '..', '..', '..', 'build', 'linux', 'adit-helper@.service');
      const unit = join(folder, helperUnit(owner.uid));
      copyFileSync(source, unit);
      const words = ['security', '--offline=true', '--no-pager', `--threshold=${highestExposure * 10}`, unit];
      const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout).toMatch(/Overall exposure level/);
      expect(status, stdout.split('\n').at(-2)).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const none = whyNoSystemd();
describe.skipIf(none !== null)(`systemd${none === null ? '' : ` [skipped: ${none}]`}`, () => {
  describeInLab('within the restrictions of the shipped unit', () => {
    test('whoever takes the helper over can do what it does, and little else', async () => {
      await using lab = await Lab.open('hardened');
      const [client] = await lab.hosts('desk');
      await install(client);
      await client.shell(`
        mkdir -p /etc/cron.d /etc/polkit-1/rules.d
        echo secret >/run/theirs
        chown ${owner.uid} /run/theirs
        chmod 600 /run/theirs`);
      await client.write('/run/probe.sh', probe({ ...mayDo, ...mayNotDo }));
      const service = helperUnit(owner.uid);
      // All of the unit but what it runs, and what that tells systemd.
      const instead = 'Type=oneshot\nRestart=no\nExecStart=\nExecStart=/bin/bash /run/probe.sh\n';
      await using systemd = await Systemd.start(client, await installedUnits(client), {
        [service]: `[Service]\n${instead}StandardOutput=file:/run/probe.out\n`,
      });
      const { code, stderr } = await systemd.systemctl('start', service);
      expect(code, stderr).toBe(0);
      expect((await client.read('/run/probe.out')).trim().split('\n')).toEqual(Object.keys(mayDo));
      // Each of the scripts works where nothing is forbidden: none failed for want of a program or a file.
      const { stdout } = await client.run(['bash', '/run/probe.sh']);
      expect(stdout.trim().split('\n')).toEqual(Object.keys({ ...mayDo, ...mayNotDo }));
    });
  });
});
