import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { helperUnit } from '../../../shared/contract/helper/installed.ts';
import type { Host } from '../host.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { Lab } from '../lab.ts';
import { callerSeenBy } from '../measure.ts';
import { signalProcess } from '../namespaces.ts';
import { DNS_SERVICE } from '../scenarios/cloud.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import { HOME, openFullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { Systemd, whyNoSystemd } from '../systemd.ts';
import { describeInLab } from '../testing.ts';
import { helpersOn, helperWords, importAs, install, installedUnits, jsonAs, owner } from './installed.ts';
import { addressOf, clusterDomains, clusterName, everything, lanName } from './names.ts';
import { resolverKinds } from './resolvers.ts';
import type { ResolverKind } from './resolvers.ts';
import { confined, restrictionsOf } from './restrictions.ts';

/** systemd's own measure, from 0 to 10, of what a unit could do to a machine. The least it can be with the network to change. */
const highestExposure = 3.3;

const unitPath = '/usr/lib/systemd/system/adit-helper@.service';
const patience = { timeout: 20_000 };

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
  'read passwords': 'grep -q . /etc/shadow',
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
  'allow itself to dump its memory': 'ulimit -c unlimited',
} as const;

/** Tries all of them in turn, and prints the names of those that succeeded. */
function probe(scripts: Readonly<Record<string, string>>): string {
  return Object.entries(scripts)
    .map(([name, script]) => `if ( set -e; ${script} ) >/dev/null 2>&1; then echo '${name}'; fi`)
    .join('\n');
}

/** Puts there what the scripts look for, and a script `/run/probe.sh` of them all. */
async function prepareProbe(host: Host): Promise<void> {
  await host.shell(`
    mkdir -p /etc/cron.d /etc/polkit-1/rules.d
    echo secret >/run/theirs
    chown ${owner.uid} /run/theirs
    chmod 600 /run/theirs`);
  await host.write('/run/probe.sh', probe({ ...mayDo, ...mayNotDo }));
}

/** It knows the sets of system calls, and the measure. */
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe.skipIf(!hasAnalyze)('the unit of the helper', () => {
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

/** Starts the helper within the restrictions of its unit, does some work with it, and ends it. */
type Confinement = (client: Host, work: () => Promise<void>) => Promise<void>;

const bySystemd: Confinement = async (client, work) => {
  await using systemd = await Systemd.start(client, await installedUnits(client));
  const { code, stderr } = await systemd.systemctl('start', helperUnit(owner.uid));
  expect(code, stderr).toBe(0);
  await work();
  await systemd.systemctl('stop', helperUnit(owner.uid), helperUnit(owner.uid).replace('service', 'socket'));
};

const byOtherMeans: Confinement = async (client, work) => {
  const restrictions = restrictionsOf(await client.read(unitPath));
  // The owner of the socket: under systemd that is systemd's work.
  const alone = { ...restrictions, capabilities: [...restrictions.capabilities, 'chown'] };
  await using helper = client.start(confined(alone, helperWords(owner)));
  await helper.line(/"ready"/, 20_000);
  await work();
};

/** Backends that can be tried here, and what keeps the others from it. */
const kinds = resolverKinds.map((kind) => ({
  ...kind,
  title: [kind.splitBackend, kind.missing ?? ''].join(' ').trim(),
}));

/** Brings a cluster's tunnel up with its names told to a resolver, moves the machine, and takes it down; all is as before then. */
async function namesWithin(confinement: Confinement, kind: ResolverKind): Promise<void> {
  await using stage = await openFourClouds();
  const { client, profile } = stage;
  await using _ = await kind.start(client);
  await install(client);
  const line = `DNS = ${DNS_SERVICE}, svc.cluster.local`;
  await importAs(
    client,
    owner,
    'clouds',
    profile.text.replace(/^Address = .*$/m, (address) => `${address}\n${line}`),
  );
  await jsonAs(client, owner, 'set', 'clouds', clusterDomains);
  await client.settled();
  await confinement(client, async () => {
    const before = await everything(client);
    const namesAre = async (): Promise<unknown> => [
      await addressOf(client, clusterName.name),
      await addressOf(client, lanName.name),
      await callerSeenBy(client, `http://${clusterName.address}/`).catch(String),
    ];
    const right = [clusterName.address, lanName.address, '10.4.0.1'];
    const up = (await jsonAs(client, owner, 'up', 'clouds', '--wait=20')) as { tunnels?: TunnelStatus[] };
    expect(up.tunnels?.[0]?.dns.backend, JSON.stringify(up)).toBe(kind.splitBackend);
    expect(await namesAre()).toEqual(right);
    await kind.renumber(client, '192.168.1.5/24', '192.168.1.99/24');
    await expect.poll(namesAre, patience).toEqual(right);
    expect(await jsonAs(client, owner, 'down', 'clouds')).toEqual({ down: ['clouds'] });
    await kind.renumber(client, '192.168.1.99/24', '192.168.1.5/24');
    await client.settled();
    await expect
      .poll(async () => difference(before, await everything(client)), patience)
      .toEqual({ gone: [], added: [] });
  });
}

describe.skipIf(!hasAnalyze)('without systemd', () => {
  describeInLab('the restrictions of the unit, by other means', () => {
    test('leave the helper all it needs, from up to down', async () => {
      await using stage = await openFullTunnel();
      const { client, profile } = stage;
      await install(client);
      await importAs(client, owner, 'home', profile.text);
      await client.settled();
      const before = await networkSnapshot(client);
      await byOtherMeans(client, async () => {
        const status = readFileSync(`/proc/${helpersOn(client)[0]?.pid ?? 0}/status`, 'utf8');
        expect(status).toMatch(/^Seccomp:\t2$/m);
        expect(status).toMatch(/^NoNewPrivs:\t1$/m);

        expect(await jsonAs(client, owner, 'up', 'home', '--wait=15')).toMatchObject({
          tunnels: [{ state: 'connected' }],
        });
        const arrives = (): Promise<string> => callerSeenBy(client, 'http://198.51.100.80/').catch(String);
        expect(await arrives()).toBe('203.0.113.10');
        await stage.renumber({ ...HOME, address: '192.168.1.99/24' });
        await expect.poll(arrives, patience).toBe('203.0.113.10');
        const engine = client.processes('wireguard-go')[0]?.pid ?? 0;
        signalProcess(engine, 'SIGKILL');
        await expect
          .poll(() => client.processes('wireguard-go')[0]?.pid ?? engine, patience)
          .not.toBe(engine);
        await expect.poll(arrives, patience).toBe('203.0.113.10');
        expect(await jsonAs(client, owner, 'down', 'home')).toEqual({ down: ['home'] });
        await stage.renumber(HOME);
        await client.settled();
        expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
      });
    });

    for (const kind of kinds) {
      test.skipIf(kind.missing !== null)(
        `let names be told by ${kind.title}, through up, roam and down`,
        () => namesWithin(byOtherMeans, kind),
      );
    }

    test('hold where they can be tried', async () => {
      await using lab = await Lab.open('confined');
      const [host] = await lab.hosts('desk');
      await install(host);
      await prepareProbe(host);
      const restrictions = restrictionsOf(await host.read(unitPath));
      const { stdout } = await host.run(confined(restrictions, ['/bin/bash', '/run/probe.sh']));
      // These are systemd's own to forbid.
      const left = [
        'rename the machine',
        'make a program that runs as root for others',
        'allow itself to dump its memory',
      ];
      expect(
        stdout
          .trim()
          .split('\n')
          .filter((name) => !left.includes(name)),
      ).toEqual(Object.keys(mayDo));
    });
  });
});

const none = whyNoSystemd();
describe.skipIf(none !== null)(`systemd${none === null ? '' : ` [skipped: ${none}]`}`, () => {
  describeInLab('within the restrictions of the shipped unit', () => {
    for (const kind of kinds) {
      test.skipIf(kind.missing !== null)(`names are told by ${kind.title}, through up, roam and down`, () =>
        namesWithin(bySystemd, kind),
      );
    }

    test('whoever takes the helper over can do what it does, and little else', async () => {
      await using lab = await Lab.open('hardened');
      const [client] = await lab.hosts('desk');
      await install(client);
      await prepareProbe(client);
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
