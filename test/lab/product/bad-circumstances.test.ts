import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { describeInLab } from '../testing.ts';
import { expectAsBefore, hideProgram, inBadCircumstances, refusal } from './bad-circumstances.ts';
import { aditProgram } from './client.ts';
import { systemEngine } from './installation.ts';

/** Milliseconds for a test: some bring a tunnel up many times. */
const timeout = 240_000;

/** Every wireguard-go that the helper might take. */
const engines = [join(dirname(aditProgram), 'engine', 'wireguard-go'), systemEngine].filter(existsSync);

describeInLab('an address of the profile that is taken', () => {
  test('by the LAN is refused by name; whoever accepts it has it', { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client, before, scenario: { profile } }) => {
      const text = profile.text.replace('10.200.200.11/24', '192.168.1.11/32');
      await adit.import('taken', text);
      const { code, message } = await refusal(adit, 'up', 'taken');
      expect(code).toBe('address-taken');
      expect(message).toContain('192.168.1.11 is an address of this machine already, on eth0');
      await expectAsBefore({ client, before });
      await adit.done('up', 'taken', '--accept', 'address-taken');
      expect((await adit.status('taken')).warnings.map((warning) => warning.code)).toContain('address-taken');
      await adit.done('down', 'taken');
    });
  });

  test('by somebody else’s interface is refused, and not where that goes', { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client }) => {
      await client.ip('link add other type veth peer other-end', 'address add 10.200.200.11/32 dev other');
      expect((await refusal(adit, 'up', 'home')).message).toContain('on other');
      await client.ip('link delete other');
      await adit.done('up', 'home', '--wait=20');
      // Its own address is no obstacle.
      await adit.done('set', 'home', 'mtu=1400');
      await adit.done('up', 'home');
      await adit.done('down', 'home');
    });
  });

  test(
    'with a network around it that would go before the LAN is refused; alone it is not',
    { timeout },
    async () => {
      await inBadCircumstances(async ({ adit, client, before, scenario: { profile } }) => {
        const lanDevice = async (): Promise<string> =>
          (await client.run(['ip', 'route', 'get', '192.168.1.1', 'mark', '548208641'])).stdout;
        await client.ip(
          'address delete 192.168.1.11/24 dev eth0',
          'address add 192.168.1.11/24 dev eth0 metric 600',
          'route add default via 192.168.1.1',
        );
        const dhcp = ['around', 'alone'].map((name) => [name, name === 'around' ? 24 : 32] as const);
        for (const [name, length] of dhcp)
          await adit.import(name, profile.text.replace('10.200.200.11/24', `192.168.1.200/${length}`));
        expect((await refusal(adit, 'up', 'around')).code).toBe('address-network-taken');
        await adit.done('up', 'around', '--accept', 'address-network-taken');
        expect(await lanDevice()).toContain('dev around');
        await adit.done('down', 'around');
        await adit.done('up', 'alone');
        expect(await lanDevice()).toContain('dev eth0');
        await adit.done('down', 'alone');
        await client.ip(
          'address delete 192.168.1.11/24 dev eth0',
          'address add 192.168.1.11/24 dev eth0',
          'route add default via 192.168.1.1',
        );
        await expectAsBefore({ client, before });
      });
    },
  );
});

describeInLab('an interface of the profile’s name that is somebody else’s', () => {
  test('and comes while the tunnel is made is left to him', { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client }) => {
      // As an engine that is slow to make its interface: somebody is quicker.
      const engine = '/run/wireguard-go';
      const script = '#!/bin/sh\nip link add home type veth peer name other\nexit 1\n';
      await client.write(engine, script, 0o755);
      await client.shell(`for program in ${engines.join(' ')}; do mount --bind ${engine} $program; done`);
      expect((await refusal(adit, 'up', 'home')).code).toBe('interface-in-use');
      await client.ip('link show dev home', 'link del dev home');
      await client.shell(`umount ${engines.join(' ')}`);
    });
  });

  test('and comes after a crash is left to him', { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client }) => {
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      await client.shell(
        'printf "[Interface]\nPrivateKey = %s\n" "$(wg genkey)" >/run/adit/0/net-$(readlink /proc/self/ns/net | tr -dc 0-9)/corp.conf',
      );
      await client.ip('link add corp type veth peer name other');
      await adit.restartHelper();
      await adit.done('up', 'home', '--wait=20');
      await adit.done('down', 'home');
      await client.ip('link show dev corp', 'link del dev corp');
    });
  });
});

describeInLab('a machine without', () => {
  const inKernel = existsSync('/sys/module/wireguard');
  const whyNot = inKernel ? ' [skipped: the kernel has WireGuard itself]' : '';
  test.skipIf(inKernel)(`/dev/net/tun is told so, and what to do${whyNot}`, { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client }) => {
      await client.run(['mount', '-t', 'tmpfs', 'none', '/dev/net']);
      const { code, message, hint } = await refusal(adit, 'up', 'home');
      expect([code, message, hint]).toEqual([
        'link-failed',
        expect.stringContaining('/dev/net/tun'),
        expect.stringContaining('modprobe tun'),
      ]);
      await client.run(['umount', '/dev/net']);
    });
  });

  test('a program that every tunnel needs is told which, before anything changes', { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client }) => {
      const packages = { nft: 'nftables', wg: 'wireguard-tools' };
      for (const [program, name] of Object.entries(packages)) {
        const path = (await client.shell(`readlink -f "$(command -v ${program})"`)).stdout.trim();
        await using changes = client.start(['ip', 'monitor', 'link', 'address', 'route', 'rule']);
        const bringBack = await hideProgram(client, path);
        expect(await refusal(adit, 'up', 'home')).toMatchObject({
          code: 'tool-missing',
          message: `${program} is not installed.`,
          command: `apt-get install ${name}`,
        });
        await bringBack();
        expect(changes.lines).toEqual([]);
      }
      await adit.done('up', 'home', '--wait=20');
      await adit.done('down', 'home');
    });
  });

  test.skipIf(inKernel)(`any engine is told which package has one${whyNot}`, { timeout }, async () => {
    await inBadCircumstances(async ({ adit, client }) => {
      for (const engine of engines) await hideProgram(client, engine);
      expect(await refusal(adit, 'up', 'home')).toMatchObject({
        code: 'tool-missing',
        command: 'apt-get install wireguard-go',
      });
    });
  });
});

/** Leaves this many pages of 4 KiB in /run/adit. */
function leavePages(pages: number): string {
  return `rm -f /run/adit/filling
    dd if=/dev/zero of=/run/adit/filling bs=4096 2> /dev/null || true
    truncate -s $(($(stat -c %s /run/adit/filling) - 4096 * ${pages})) /run/adit/filling`;
}

describeInLab('a /run', () => {
  test(
    'that is full, wherever that shows, is told by name, and everything is undone',
    { timeout },
    async () => {
      await inBadCircumstances(
        async ({ adit, client, before }) => {
          await adit.done('set', 'home', 'killSwitch=on');
          const records = 'find /run/adit -type f ! -name filling ! -name lock';
          let pages = 0;
          for (; ; pages += 1) {
            await client.shell(leavePages(pages));
            if ((await adit.run('up', 'home')).code === 0) break;
            expect((await refusal(adit, 'up', 'home')).code, `${pages} pages`).toBe('run-folder-unusable');
            await expectAsBefore({ client, before });
            expect((await client.shell(records)).stdout, `${pages} pages`).toBe('');
          }
          // The journal, the file for wg-quick and the promise: more than one place to fail at.
          expect(pages).toBeGreaterThan(2);
          await client.shell(leavePages(0));
          await adit.done('down', 'home');
          expect((await client.shell(records)).stdout).toBe('');
        },
        (client) => client.run(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'none', '/run/adit']),
      );
    },
  );

  test(
    'that is read-only is told by name: a tunnel that is up stays until it can go',
    { timeout },
    async () => {
      await inBadCircumstances(
        async ({ adit, client, before }) => {
          const remount = (mode: 'ro' | 'rw'): Promise<unknown> =>
            client.run(['mount', '-o', `remount,${mode}`, '/run/adit']);
          await remount('ro');
          expect((await refusal(adit, 'up', 'home')).code).toBe('run-folder-unusable');
          await expectAsBefore({ client, before });
          await remount('rw');
          await adit.done('up', 'home', '--wait=20');
          await remount('ro');
          expect((await refusal(adit, 'down', 'home')).code).toBe('run-folder-unusable');
          expect((await adit.status('home')).state).toBe('connected');
          await remount('rw');
          await adit.done('down', 'home');
        },
        (client) => client.run(['mount', '-t', 'tmpfs', 'none', '/run/adit']),
      );
    },
  );

  test(
    'that is read-only lets no helper begin, with or without a folder of its own there',
    { timeout },
    async () => {
      await inBadCircumstances(async ({ adit, client }) => {
        await adit.helper.stop(20_000);
        const begin = async (): Promise<unknown> => {
          const words = ['helper', '--socket', adit.socket, '--owner', '0', '--dev', '--json'];
          const argv = [process.execPath, aditProgram, ...words];
          const { stdout } = await client.run(argv, { allowFailure: true, timeoutMs: 30_000 });
          return JSON.parse(stdout);
        };
        const hint = expect.stringContaining('read-only') as string;
        const own = '/run/adit/0/net-$(readlink /proc/self/ns/net | tr -dc 0-9)';
        for (const folder of ['/run/adit', own]) {
          await client.shell(`mkdir -p ${folder}
          mount --bind /run/adit /run/adit
          mount -o remount,bind,ro /run/adit`);
          expect(await begin(), folder).toMatchObject({ error: { code: 'run-folder-unusable', hint } });
          await client.shell('umount /run/adit');
        }
      });
    },
  );
});
