import { expect, test } from 'vitest';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { DNS_SERVICE } from '../scenarios/cloud.ts';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import { lookUp } from '../measure.ts';
import { NetworkManagerDaemon, networkManagerPackages } from '../network-manager.ts';
import { addPackages, whyNoPackages } from '../packages.ts';
import { Resolved } from '../resolved.ts';
import { startNames } from '../services.ts';
import { difference } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';
import {
  addressOf,
  clusterDomains,
  clusterName,
  everything,
  lanName,
  openNames,
  recoverOn,
} from './names.ts';
import type { NamesStage } from './names.ts';
import { toldByDhcp } from './resolvers.ts';

const nothing = { gone: [], added: [] };
const uplink = { device: 'eth0', server: '192.168.1.1' };
const patience = { timeout: 20_000 };

/** Whose process the forwarder is on a host; there is at most one. */
async function forwarderOf(host: Host): Promise<number | null> {
  const { stdout } = await host.shell(
    "ss -Hlunp 'src 127.20.53.0/24' | grep -o 'pid=[0-9]*' | head -1 || true",
  );
  const inner = /\d+/.exec(stdout)?.[0];
  return inner === undefined ? null : Number(inner);
}

async function resolvConf(host: Host): Promise<string> {
  return (await host.shell('cat /etc/resolv.conf')).stdout;
}

function codesOf({ warnings }: TunnelStatus): string[] {
  return warnings.map(({ code }) => code);
}

const noResolved = await whyNoPackages('systemd-resolved');

/** {@link openNames} on a laptop with a systemd-resolved. */
async function openWithResolved(): Promise<NamesStage & { readonly daemon: Resolved }> {
  let daemon: Resolved | undefined;
  const names = await openNames(async (laptop) => {
    daemon = await Resolved.start(laptop, uplink);
  });
  if (daemon === undefined) throw new Error('no systemd-resolved was started');
  const resolved: Resolved = daemon;
  const dispose = async (): Promise<void> => {
    await resolved[Symbol.asyncDispose]();
    await names[Symbol.asyncDispose]();
  };
  return { ...names, daemon: resolved, [Symbol.asyncDispose]: dispose };
}

describeInLab('names with a real systemd-resolved', () => {
  test.skipIf(noResolved !== null)(
    `the cluster’s go to the cluster, all others to the LAN, and ~. is nowhere ${noResolved ?? ''}`,
    async () => {
      await using names = await openWithResolved();
      const { laptop, adit, daemon } = names;
      const before = await everything(laptop);
      const saidBefore = await daemon.says('dns');
      await adit.done('set', 'clouds', clusterDomains);
      await adit.done('up', 'clouds', '--wait=20');

      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
      expect(await addressOf(laptop, 'web.default')).toBe(clusterName.address);
      expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
      const domains = (await daemon.says('domain', 'clouds')).split(/\s+/).slice(3);
      expect(domains).toEqual(['svc.cluster.local', '~cluster.local', '~43.10.in-addr.arpa']);
      expect(await daemon.says('default-route', 'clouds')).toMatch(/: no$/);
      expect((await adit.status('clouds')).dns).toMatchObject({
        backend: 'systemd-resolved',
        mode: 'split',
        reason: '/etc/resolv.conf leads to systemd-resolved',
        servers: [DNS_SERVICE],
      });
      expect(await forwarderOf(laptop)).toBeNull();

      await adit.done('down', 'clouds');
      expect(difference(before, await everything(laptop))).toEqual(nothing);
      expect(await daemon.says('dns')).toBe(saidBefore);
      expect(await addressOf(laptop, clusterName.name)).toBeNull();
    },
  );

  test.skipIf(noResolved !== null)(
    'all names go to the tunnel’s servers where no domain is named',
    async () => {
      await using names = await openWithResolved();
      const { laptop, adit, daemon } = names;
      await adit.done('up', 'clouds', '--wait=20');
      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
      expect(await addressOf(laptop, lanName.name)).toBeNull();
      expect(await daemon.says('domain', 'clouds')).toContain('~.');
      expect((await adit.status('clouds')).dns.mode).toBe('all');
      await adit.done('down', 'clouds');
      expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    },
  );

  test.skipIf(noResolved !== null)('what it forgets, or is told otherwise, it is told again', async () => {
    await using names = await openWithResolved();
    const { laptop, adit, daemon } = names;
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    await laptop.run(['resolvectl', 'revert', 'clouds']);
    expect(await addressOf(laptop, clusterName.name)).toBeNull();
    // Any change of the network makes it look.
    await laptop.shell('ip link add lab0 type bridge');
    await expect.poll(() => addressOf(laptop, clusterName.name), patience).toBe(clusterName.address);
    // An engine that dies takes the interface along, and with it all that was known of it.
    for (const { pid } of laptop.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
    await expect.poll(() => addressOf(laptop, clusterName.name), patience).toBe(clusterName.address);
    await daemon.restart();
    await expect.poll(() => addressOf(laptop, clusterName.name), patience).toBe(clusterName.address);
  });
});

describeInLab('names with nothing but /etc/resolv.conf', () => {
  test('the cluster’s go to the cluster and all others to the LAN, by a forwarder without rights', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    expect(await addressOf(laptop, 'web.default')).toBe(clusterName.address);
    expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    expect((await adit.status('clouds')).dns).toMatchObject({
      backend: 'plain-file+forwarder',
      mode: 'split',
      servers: [DNS_SERVICE],
      domains: ['cluster.local', '43.10.in-addr.arpa', 'svc.cluster.local'],
      searchDomains: ['svc.cluster.local'],
    });
    const pid = await forwarderOf(laptop);
    const { stdout: facts } = await laptop.shell(`cat /proc/${pid ?? 0}/status`);
    // CAP_NET_BIND_SERVICE, bit 10, and nothing else.
    expect(facts).toMatch(/^CapEff:\s+0000000000000400$/m);
    expect(facts).toMatch(/^CapBnd:\s+0000000000000400$/m);
    expect(facts).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(facts).toMatch(/^Groups:\s*$/m);
    expect(facts).not.toMatch(/^Uid:.*\b0\b/m);

    await adit.done('down', 'clouds');
    expect(await forwarderOf(laptop)).toBeNull();
    expect(difference(before, await everything(laptop))).toEqual(nothing);
  });

  test('all names go to the tunnel’s servers where no domain is named, with its search domains', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await adit.done('up', 'clouds', '--wait=20');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    expect(await addressOf(laptop, 'web.default')).toBe(clusterName.address);
    expect(await addressOf(laptop, lanName.name)).toBeNull();
    expect((await adit.status('clouds')).dns).toMatchObject({ backend: 'plain-file', mode: 'all' });
    await adit.done('down', 'clouds');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
  });

  test.for([
    [
      'a file that only root may read',
      "printf 'nameserver 192.168.1.1\\n\\n# caf\\xe9' >/etc/resolv.conf; chmod 640 /etc/resolv.conf; chown 0:4 /etc/resolv.conf",
    ],
    [
      'a link',
      'mkdir /run/NM; mv /etc/resolv.conf /run/NM/resolv.conf; ln -s ../run/NM/resolv.conf /etc/resolv.conf',
    ],
    ['a link that leads nowhere', 'ln -sf /run/nowhere/resolv.conf /etc/resolv.conf'],
    ['no file', 'rm /etc/resolv.conf'],
    [
      'a file that is mounted over',
      'echo nameserver 192.168.1.1 >/run/other; mount --bind /run/other /etc/resolv.conf',
    ],
  ])('%s is put back as it was', async ([, script = '']) => {
    await using names = await openNames((laptop) => laptop.shell(script));
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await adit.done('up', 'clouds', '--wait=20');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    await adit.done('down', 'clouds');
    expect(difference(before, await everything(laptop))).toEqual(nothing);

    await adit.done('up', 'clouds');
    await adit.helper.kill('SIGKILL');
    await adit.helper.exited;
    expect(await recoverOn(laptop, adit)).toContain('/etc/resolv.conf');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
  });

  test('what somebody writes there meanwhile is put right, followed, and stays at the end', async () => {
    await using names = await openNames();
    const { laptop, adit, stage } = names;
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    // Another network, with another name server, which knows another address.
    await using server = await startNames(stage.nodes.azure, { [lanName.name]: '192.168.7.7' });
    const theirs = 'search office.example\nnameserver 203.0.113.2\n';
    await laptop.shell(`printf '${theirs.replaceAll('\n', '\\n')}' >/etc/resolv.conf.new
      mv /etc/resolv.conf.new /etc/resolv.conf`);
    await expect
      .poll(() => resolvConf(laptop), patience)
      .toMatch(/nameserver 127\.20\.53\.1\nnameserver 203\.0\.113\.2\n/);
    expect(await resolvConf(laptop)).toContain('search svc.cluster.local office.example');
    // Asked alone: a program would ask the next server by itself.
    expect(await lookUp(laptop, '127.20.53.1', lanName.name)).toEqual(['192.168.7.7']);
    expect(await lookUp(laptop, '127.20.53.1', clusterName.name)).toEqual([clusterName.address]);
    await server.stop();
    await adit.done('down', 'clouds');
    expect(await resolvConf(laptop)).toBe(theirs);
  });

  test('a program that writes it all the time wins, and the status says so', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    await adit.done('up', 'clouds', '--wait=20');
    await using fighter = laptop.start([
      'bash',
      '-c',
      'for n in {1..400}; do echo "nameserver 192.168.1.1 # $n" >/etc/resolv.conf; sleep 0.25; done',
    ]);
    await expect
      .poll(async () => codesOf(await adit.status('clouds')), { timeout: 40_000 })
      .toContain('names-contested');
    await fighter.stop();
    await adit.done('down', 'clouds');
    expect(await resolvConf(laptop)).toMatch(/^nameserver 192\.168\.1\.1 # \d+\n$/);
  });

  test('a file that changed while no helper lived is left as it is, and told of', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    await adit.done('up', 'clouds');
    await adit.helper.kill('SIGKILL');
    await adit.helper.exited;
    await laptop.shell('echo nameserver 192.168.1.7 >/etc/resolv.conf');
    expect(await recoverOn(laptop, adit)).toContain(
      '/etc/resolv.conf was left as it is: somebody has changed it since',
    );
    expect(await resolvConf(laptop)).toBe('nameserver 192.168.1.7\n');
  });

  test('a forwarder that is killed comes back; a helper that is killed takes only the cluster’s names along', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await adit.done('set', 'clouds', clusterDomains);
    await adit.done('up', 'clouds', '--wait=20');
    await laptop.run(['kill', '-9', String(await forwarderOf(laptop))]);
    await expect.poll(() => addressOf(laptop, clusterName.name), patience).toBe(clusterName.address);

    await adit.helper.kill('SIGKILL');
    await adit.helper.exited;
    await expect.poll(() => forwarderOf(laptop), patience).toBeNull();
    expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
    await adit.restartHelper();
    await expect.poll(() => addressOf(laptop, clusterName.name), patience).toBe(clusterName.address);
    await adit.done('down', 'clouds');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
  });

  test('after a reboot, which keeps /etc and nothing else, the next helper puts the file back', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const before = await resolvConf(laptop);
    await adit.done('up', 'clouds');
    await adit.helper.kill('SIGKILL');
    await adit.helper.exited;
    // What is left after a reboot: another boot, another number for the network, and nothing in /run.
    await laptop.shell(`
      sed -i -E 's/"boot":"[^"]*"/"boot":"1fd0c6f6-0000-4000-8000-000000000000"/; s/"namespace":"net:[^"]*"/"namespace":"net:[1]"/' /var/lib/adit/0/*.json
      mv /var/lib/adit/0/names-*.json /var/lib/adit/0/names-1.json
      ip link delete clouds
      rm -r /run/adit/0`);
    expect(await resolvConf(laptop)).not.toBe(before);
    await adit.restartHelper();
    expect(await resolvConf(laptop)).toBe(before);
    expect((await laptop.shell('find /var/lib/adit -mindepth 1')).stdout).toBe('');
  });

  test('what another helper has made of it is not touched', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const another = '# Made by Adit for user 4711 in net:[4026531840]\nnameserver 10.9.9.9\n';
    await laptop.write('/etc/resolv.conf', another);
    expect(await adit.fault('up', 'clouds')).toBe('names-taken');
    expect(await resolvConf(laptop)).toBe(another);
    expect(laptop.processes('wireguard-go')).toEqual([]);
  });
});

const resolvconfs = [
  {
    name: 'openresolv',
    set: toldByDhcp.openresolv,
    other: "printf 'search office.example\\nnameserver 203.0.113.2\\n' | resolvconf -a eth0.dhcp",
  },
  {
    name: 'resolvconf',
    set: toldByDhcp.resolvconf,
    other: "printf 'search office.example\\nnameserver 203.0.113.2\\n' | resolvconf -a eth0.dhclient",
  },
] as const;

for (const { name, set, other } of resolvconfs) {
  const reason = await whyNoPackages(name);
  const prepare = async (laptop: Host): Promise<void> => {
    await addPackages(laptop, name);
    await laptop.shell(set);
  };

  describeInLab(`names with a real ${name === 'resolvconf' ? 'resolvconf of Debian' : name}`, () => {
    test.skipIf(reason !== null)(`all names go to the tunnel’s servers ${reason ?? ''}`, async () => {
      await using names = await openNames(prepare);
      const { laptop, adit } = names;
      const before = await everything(laptop);
      await adit.done('up', 'clouds', '--wait=20');
      expect(await resolvConf(laptop)).toMatch(/^[^n]*nameserver 10\.43\.0\.10$/m);
      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
      expect(await addressOf(laptop, 'web.default')).toBe(clusterName.address);
      expect(await addressOf(laptop, lanName.name)).toBeNull();
      expect((await adit.status('clouds')).dns).toMatchObject({ backend: name, mode: 'all' });
      await adit.done('down', 'clouds');
      expect(difference(before, await everything(laptop))).toEqual(nothing);
    });

    test.skipIf(reason !== null)(
      'the cluster’s go to the cluster by a forwarder, which follows the uplink',
      async () => {
        await using names = await openNames(prepare);
        const { laptop, adit, stage } = names;
        const before = await everything(laptop);
        await adit.done('set', 'clouds', clusterDomains);
        await adit.done('up', 'clouds', '--wait=20');
        expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
        expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
        expect((await adit.status('clouds')).dns).toMatchObject({
          backend: `${name}+forwarder`,
          mode: 'split',
        });
        await using server = await startNames(stage.nodes.azure, { [lanName.name]: '192.168.7.7' });
        await laptop.shell(other);
        await expect
          .poll(() => lookUp(laptop, '127.20.53.1', lanName.name), patience)
          .toEqual(['192.168.7.7']);
        await server.stop();

        await adit.helper.kill('SIGKILL');
        await adit.helper.exited;
        await laptop.shell(set);
        expect(await recoverOn(laptop, adit)).toContain(`name servers in ${name}`);
        expect(difference(before, await everything(laptop))).toEqual(nothing);
      },
    );
  });
}

const noNetworkManager = await whyNoPackages(...networkManagerPackages);

describeInLab('names with a real NetworkManager, which writes /etc/resolv.conf', () => {
  const lan = { device: 'eth0', address: '192.168.1.5/24', gateway: '192.168.1.1', server: '192.168.1.1' };

  test.skipIf(noNetworkManager !== null)(
    `it is told over D-Bus, and writes the file itself ${noNetworkManager ?? ''}`,
    async () => {
      let started: NetworkManagerDaemon | null = null;
      await using names = await openNames(async (laptop) => {
        started = await NetworkManagerDaemon.start(laptop, lan);
      });
      await using manager = started as unknown as NetworkManagerDaemon;
      const { laptop, adit, stage } = names;
      const before = await resolvConf(laptop);
      expect(before).toContain('# Generated by NetworkManager\nsearch home.lan\nnameserver 192.168.1.1');
      await adit.done('up', 'clouds', '--wait=20');
      expect(await resolvConf(laptop)).toBe(
        '# Generated by NetworkManager\nsearch svc.cluster.local\nnameserver 10.43.0.10\n',
      );
      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
      expect((await adit.status('clouds')).dns).toMatchObject({ backend: 'network-manager', mode: 'all' });
      await adit.done('down', 'clouds');
      expect(await resolvConf(laptop)).toBe(before);

      await adit.done('set', 'clouds', clusterDomains);
      await adit.done('up', 'clouds', '--wait=20');
      expect((await adit.status('clouds')).dns.backend).toBe('network-manager+forwarder');
      expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
      expect(await addressOf(laptop, lanName.name)).toBe(lanName.address);
      await using server = await startNames(stage.nodes.azure, { [lanName.name]: '192.168.7.7' });
      // Nobody tells of that: it is looked at every 20 s.
      await manager.moveTo('203.0.113.2');
      await expect
        .poll(() => lookUp(laptop, '127.20.53.1', lanName.name), { timeout: 60_000 })
        .toEqual(['192.168.7.7']);
      await server.stop();
      await manager.moveTo('192.168.1.1');

      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      expect(await recoverOn(laptop, adit)).toContain('global DNS configuration of NetworkManager');
      await expect.poll(() => resolvConf(laptop), patience).toBe(before);
      expect(
        (await laptop.shell('cat /var/lib/NetworkManager/NetworkManager-intern.conf')).stdout,
      ).not.toContain('global-dns]');
      expect((await laptop.shell('find /var/lib/adit -mindepth 1')).stdout).toBe('');
    },
    150_000,
  );
});

describeInLab('names of several tunnels', () => {
  /** A second profile to the same cluster, with an interface and keys of its own: nobody answers it, and its names are its own. */
  function second(text: string, dns: string): string {
    return text
      .replace(/^Address = .*$/m, `Address = 10.77.0.1/32\n${dns}`)
      .replace(/^PrivateKey = .*$/m, `PrivateKey = ${newKeyPair().privateKey}`)
      .replace(/^AllowedIPs = .*$/gm, 'AllowedIPs = 10.78.0.0/16');
  }

  test('of two that want all names the second is refused by name, until somebody decides', async () => {
    await using names = await openNames();
    const { laptop, adit, stage } = names;
    const before = await everything(laptop);
    await adit.import('other', second(stage.profile.text, 'DNS = 10.78.0.53'));
    await adit.done('up', 'clouds', '--wait=20');
    expect((await adit.json('plan', 'other')).value).toMatchObject({
      dns: { mode: 'none' },
      conflicts: [
        {
          code: 'names-wanted-twice',
          owner: { kind: 'tunnel', name: 'clouds' },
          choices: ['accept', 'stop'],
        },
      ],
    });
    expect(await adit.fault('up', 'other')).toBe('names-wanted-twice');
    await adit.done('up', 'other', '--accept', 'names-wanted-twice');
    expect((await adit.status('other')).dns.mode).toBe('none');
    expect(codesOf(await adit.status('other'))).toContain('names-wanted-twice');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    // What the first leaves, the second gets.
    await adit.done('down', 'clouds');
    expect((await adit.status('other')).dns).toMatchObject({ mode: 'all', servers: ['10.78.0.53'] });
    expect(await resolvConf(laptop)).toContain('nameserver 10.78.0.53');
    await adit.done('down', 'other');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
  });

  test('domains stand side by side, beside all names of a third; explain tells who is asked', async () => {
    await using names = await openNames();
    const { laptop, adit, stage } = names;
    const before = await everything(laptop);
    const asked = async (name: string): Promise<unknown> =>
      ((await adit.done('explain', name)) as { nameServers: unknown }).nameServers;
    await adit.done('set', 'clouds', clusterDomains);
    await adit.import('other', second(stage.profile.text, 'DNS = 10.78.0.53, lab.example'));
    await adit.done('set', 'other', 'dnsDomains=corp.example');
    await adit.done('up', 'clouds', '--wait=20');
    await adit.done('up', 'other');
    expect(await resolvConf(laptop)).toContain('search svc.cluster.local lab.example');
    expect(await asked(clusterName.name)).toEqual([DNS_SERVICE]);
    expect(await asked(lanName.name)).toEqual(['192.168.1.1']);
    // The same profile again, changed, while its own name server is in use: that is no conflict.
    await adit.done('set', 'clouds', 'dnsDomains=cluster.local');
    await adit.done('up', 'clouds', '--wait=20');
    expect((await adit.status('clouds')).dns.domains).toEqual(['cluster.local', 'svc.cluster.local']);
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    // All names to one, some to another.
    await adit.done('down', 'other');
    await adit.done('set', 'other', 'dnsDomains=');
    await adit.done('up', 'other');
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    expect(await lookUp(laptop, '127.20.53.1', clusterName.name)).toEqual([clusterName.address]);
    expect(await resolvConf(laptop)).toMatch(/nameserver 127\.20\.53\.1\nnameserver 10\.78\.0\.53\n/);
    await adit.done('down', '--all');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
  });

  test('a server that is in no AllowedIPs is warned of', async () => {
    await using names = await openNames();
    const { adit, stage } = names;
    await adit.import('outside', second(stage.profile.text, 'DNS = 192.168.1.1'));
    await adit.done('up', 'outside');
    expect(codesOf(await adit.status('outside'))).toContain('name-server-outside');
  });

  test('tunnels that are kept when the helper ends keep their names, but those that a forwarder answers', async () => {
    await using names = await openNames();
    const { laptop, adit, stage } = names;
    await adit.helper.stop();
    await using keeping = await AditClient.start(laptop, stage.lab.folder, { keep: true });
    await keeping.import('clouds', (await adit.run('export', 'clouds')).stdout);
    const before = await resolvConf(laptop);
    await keeping.done('up', 'clouds', '--wait=20');
    await keeping.helper.stop();
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    await keeping.restartHelper();
    await keeping.done('set', 'clouds', clusterDomains);
    await keeping.done('up', 'clouds', '--wait=20');
    await keeping.helper.stop();
    expect(await resolvConf(laptop)).toBe(before);
    await keeping.restartHelper();
    expect(await addressOf(laptop, clusterName.name)).toBe(clusterName.address);
    await keeping.done('down', 'clouds');
  });
});

describeInLab('names that cannot be changed', () => {
  test('on a read-only /etc, up fails by name and leaves nothing', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const before = await everything(laptop);
    await laptop.shell('mount -o remount,ro /etc');
    expect(await adit.fault('up', 'clouds')).toBe('names-file-read-only');
    await laptop.shell('mount -o remount,rw /etc');
    expect(difference(before, await everything(laptop))).toEqual(nothing);
    expect(laptop.processes('wireguard-go')).toEqual([]);
  });

  test('in a file that is immutable, up fails by name, with the command that cures it', async (context) => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const { code, stderr } = await laptop.run(['chattr', '+i', '/etc/resolv.conf'], { allowFailure: true });
    if (code !== 0) context.skip(`no file can be made immutable here: ${stderr.trim()}`);
    const before = await everything(laptop);
    const { value } = await adit.json('up', 'clouds');
    expect(value).toMatchObject({
      error: { code: 'names-file-immutable', command: 'chattr -i /etc/resolv.conf' },
    });
    expect(difference(before, await everything(laptop))).toEqual(nothing);
    await laptop.run(['chattr', '-i', '/etc/resolv.conf']);
    await adit.done('up', 'clouds');

    // The tunnel goes, and whoever asked is told that names have not gone back yet.
    await laptop.run(['chattr', '+i', '/etc/resolv.conf']);
    expect(await adit.fault('down', 'clouds')).toBe('names-file-immutable');
    expect((await adit.status('clouds')).state).toBe('down');
    await laptop.run(['chattr', '-i', '/etc/resolv.conf']);
    await expect
      .poll(async () => difference(before, await everything(laptop)), { timeout: 30_000 })
      .toEqual(nothing);
  });

  test('where /var/lib is full or read-only nothing is changed that could not be undone', async () => {
    await using names = await openNames();
    const { laptop, adit } = names;
    const before = await resolvConf(laptop);
    await laptop.shell('mount -o remount,ro /var/lib/adit');
    expect(await adit.fault('up', 'clouds')).toBe('state-folder-unusable');
    expect(await resolvConf(laptop)).toBe(before);
    expect(laptop.processes('wireguard-go')).toEqual([]);
  });
});
