import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { answers, callerSeenBy } from '../measure.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { Host } from '../host.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { BUSY, describeInLab } from '../testing.ts';
import { aditProgram, AditClient } from './client.ts';

const webUrl = 'http://198.51.100.80/';
const relayAddress = '203.0.113.10';
const nothing = { gone: [], added: [] };

async function opened(work: (stage: FullTunnel, adit: AditClient) => Promise<void>): Promise<void> {
  await using stage = await openFullTunnel();
  await stage.client.settled();
  await using adit = await AditClient.start(stage.client, stage.lab.folder);
  await adit.import('home', stage.profile.text);
  await work(stage, adit);
}

/** A snapshot without what the kernel chooses by chance for a new interface: its link-local address. */
async function tunnelSnapshot(client: Host): Promise<string[]> {
  return (await networkSnapshot(client)).filter((line) => !/ fe80::|stable_secret/.test(line));
}

/** `adit recover` as root on the client itself, where no helper runs any more. */
async function recover({ client }: FullTunnel, adit: AditClient): Promise<string[]> {
  const { stdout } = await client.run([process.execPath, aditProgram, 'recover', '--json'], {
    env: { ADIT_SOCKET: adit.socket, ADIT_HOME: adit.home },
  });
  return (JSON.parse(stdout) as { undone: string[] }).undone;
}

/** A program that takes a UDP port as soon as it is free. */
function thiefOfPort(port: number): string {
  return `
    const take = () => {
      const socket = require('node:dgram').createSocket('udp4');
      socket.on('error', () => socket.close(() => setTimeout(take, 1)));
      socket.bind(${port});
    };
    take();
    console.log('waiting');`;
}

describeInLab('a helper that is killed', () => {
  test('in the middle of up: the command fails by name, and recover leaves the network as before', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      const outcomes: string[] = [];
      for (let delay = 0; delay <= 200; delay += 10) {
        const up = adit.json('up', 'home');
        await sleep(delay + 60);
        await adit.helper.kill('SIGKILL');
        await adit.helper.exited;
        const { code, value } = await up;
        outcomes.push(code === 0 ? 'done' : (value as { error: { code: string } }).error.code);
        await recover(stage, adit);
        expect(client.processes('wireguard-go'), `killed after ${delay} ms`).toEqual([]);
        expect(difference(before, await networkSnapshot(client)), `killed after ${delay} ms`).toEqual(
          nothing,
        );
        await adit.restartHelper();
      }
      expect(outcomes).toContain('helper-lost');
      expect(
        outcomes.filter((outcome) => !['done', 'helper-lost', 'helper-not-running'].includes(outcome)),
      ).toEqual([]);
    });
  });

  test('in the middle of down: the next helper finishes it', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      for (const delay of [0, 10, 20, 30, 40, 60]) {
        await adit.done('up', 'home');
        const down = adit.json('down', 'home');
        await sleep(delay + 60);
        await adit.helper.kill('SIGKILL');
        await down;
        await adit.restartHelper();
        if ((await adit.status('home')).state !== 'down') await adit.done('down', 'home');
        expect(difference(before, await networkSnapshot(client)), `killed after ${delay} ms`).toEqual(
          nothing,
        );
      }
    });
  });

  test('with a tunnel up: traffic goes on, and the next helper takes the tunnel over', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      await adit.done('up', 'home', '--wait=10');
      const [engine] = client.processes('wireguard-go');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
      await adit.restartHelper();
      expect(await adit.status('home')).toMatchObject({ state: 'connected' });
      expect(client.processes('wireguard-go').map(({ pid }) => pid)).toEqual([engine?.pid]);
      await adit.done('down', 'home');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('together with its engine: the next helper brings the tunnel back', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await adit.done('up', 'home', '--wait=10');
      await adit.helper.kill('SIGKILL');
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await adit.restartHelper();
      await expect.poll(async () => (await adit.status('home')).state, { timeout: 20_000 }).toBe('connected');
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
    });
  });

  test('together with its engine: recover leaves no socket of the engine', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await adit.done('up', 'home', '--wait=10');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await recover(stage, adit);
      expect((await client.run(['ls', '/run/wireguard'])).stdout).toBe('');
    });
  });

  test('recover without a helper takes its tunnels down, and the next helper does not bring them back', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      await adit.done('up', 'home');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      expect((await recover(stage, adit)).length).toBeGreaterThan(3);
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      await adit.restartHelper();
      expect((await adit.status('home')).state).toBe('down');
    });
  });
});

describeInLab('a helper that is ended', () => {
  test('by SIGTERM takes its tunnels down and leaves nothing', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      await adit.done('up', 'home');
      await adit.helper.stop();
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      expect(client.processes()).toEqual([]);
      expect(
        (await client.shell('find /run/wireguard /run/adit -mindepth 1 2> /dev/null || true')).stdout,
      ).toBe('');
    });
  });

  test('by an impatient hand, which signals twice, all the same', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      await adit.done('up', 'home');
      void adit.helper.kill('SIGTERM');
      await sleep(20);
      void adit.helper.kill('SIGINT');
      await sleep(20);
      void adit.helper.kill('SIGTERM');
      await adit.helper.exited;
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      expect(client.processes()).toEqual([]);
    });
  });

  test('by SIGTERM with --keep leaves them up for the next', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    await using adit = await AditClient.start(client, lab.folder, { keep: true });
    await adit.import('home', profile.text);
    await adit.done('up', 'home', '--wait=10');
    await adit.helper.stop();
    expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
    await adit.restartHelper();
    expect((await adit.status('home')).state).toBe('connected');
    await adit.done('down', 'home');
  });
});

describeInLab('a network that others change', () => {
  test('IPv6 that is switched off takes its prefixes along, and not the tunnel', async () => {
    await opened(async ({ client }, adit) => {
      await adit.done('up', 'home', '--wait=10');
      await client.run([
        'sysctl',
        '-w',
        'net.ipv6.conf.all.disable_ipv6=1',
        'net.ipv6.conf.default.disable_ipv6=1',
      ]);
      await sleep(500);
      const [engine] = client.processes('wireguard-go');
      process.kill(engine?.pid ?? 0, 'SIGKILL');
      await expect
        .poll(async () => callerSeenBy(client, webUrl).catch(() => null), { timeout: 20_000 })
        .toBe(relayAddress);
      expect((await adit.status('home')).warnings.map(({ code }) => code)).toContain('ipv6-disabled');
    });
  });

  test('IPv6 that is switched off on the interface of a tunnel is switched on again', async () => {
    await opened(async ({ client, profile }, adit) => {
      const both = profile.text
        .replace(/^Address = (.*)$/m, 'Address = $1, fd00:200::11/64')
        .replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 0.0.0.0/0, ::/0');
      await adit.import('both', both);
      await adit.done('up', 'both', '--wait=10');
      const way = async (): Promise<string> =>
        (await client.run(['ip', '-6', 'route', 'get', '2001:db8:77::1'], { allowFailure: true })).stdout;
      expect(await way()).toContain('dev both');
      await client.shell('echo 1 >/proc/sys/net/ipv6/conf/both/disable_ipv6');
      await expect.poll(way, { timeout: 20_000 }).toContain('dev both');
    });
  });

  test('what cannot be put right is a warning of the tunnel until it is', async () => {
    await opened(async ({ client }, adit) => {
      await adit.done('up', 'home', '--wait=10');
      const codes = async (): Promise<string[]> =>
        (await adit.status('home')).warnings.map(({ code }) => code);
      await client.shell('nft delete table inet adit');
      await client.shell('mount --bind /bin/false "$(readlink -f "$(command -v nft)")"');
      process.kill(client.processes('wireguard-go')[0]?.pid ?? 0, 'SIGKILL');
      await expect.poll(codes, { timeout: 20_000 }).toContain('network-change-refused');
      await client.shell('umount "$(readlink -f "$(command -v nft)")"');
      await expect.poll(codes, { timeout: 20_000 }).not.toContain('network-change-refused');
      await expect
        .poll(async () => callerSeenBy(client, webUrl).catch(() => null), { timeout: 20_000 })
        .toBe(relayAddress);
    });
  });

  test('one tunnel that cannot be made does not keep another from coming back', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await adit.done('up', 'home', '--wait=10');
      const other = stage.profile.text
        .replace(/^Address = .*$/m, 'Address = 10.77.0.1/32\nListenPort = 40000')
        .replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 10.78.0.0/16');
      await adit.import('port', other);
      await adit.done('up', 'port');
      const engineOf = (name: string): number =>
        client
          .processes('wireguard-go')
          .find(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name))?.pid ?? 0;
      // It lies in wait for the port, which is free for a moment only.
      await using thief = client.start([process.execPath, '-e', thiefOfPort(40_000)]);
      await thief.line(/waiting/, 20_000);
      process.kill(engineOf('port'), 'SIGKILL');
      const port = async (): Promise<unknown[]> => {
        const { state, peers } = await adit.status('port');
        return [state, ...peers.map((peer) => peer.state)];
      };
      await expect.poll(port, { timeout: 20_000 }).toEqual(['failed', 'idle']);
      await sleep(8_000);
      process.kill(engineOf('home'), 'SIGKILL');
      await expect
        .poll(async () => callerSeenBy(client, webUrl, 500).catch(() => null), { timeout: BUSY * 4000 })
        .toBe(relayAddress);
      await thief.stop();
      await expect
        .poll(async () => (await adit.status('port')).state, { timeout: 20_000 })
        .not.toBe('failed');
    });
  });

  test('rules, routes and the firewall table of a tunnel come back when somebody removes them', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await adit.done('up', 'home', '--wait=10');
      await sleep(500);
      const state = async (): Promise<string[]> => {
        const { stdout } = await client.shell('wg show home fwmark || true');
        return [...(await tunnelSnapshot(client)), `mark ${stdout.trim()}`];
      };
      const standing = await state();
      const strokes = [
        'ip -4 rule flush; ip rule add pref 32766 lookup main; ip rule add pref 32767 lookup default',
        'ip route flush table 548208641',
        'ip -6 route flush table 548208641',
        'nft delete table inet adit',
        'nft flush ruleset',
        'ip address del 10.200.200.11/24 dev home',
        'ip link set dev home down',
        'wg set home fwmark 0',
        'ip link delete dev home',
      ];
      for (const stroke of strokes) {
        await client.shell(stroke);
        await expect
          .poll(async () => difference(standing, await state()), {
            timeout: 20_000,
            message: stroke,
          })
          .toEqual(nothing);
        expect(await callerSeenBy(client, webUrl), stroke).toBe(relayAddress);
      }
    });
  });

  test('a foreign wg-quick beside ours comes and goes without a trace, and ours stays', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await adit.done('up', 'home', '--wait=10');
      await sleep(500);
      const standing = await networkSnapshot(client);
      const conf =
        '[Interface]\nPrivateKey = EJ3sG3YQ5mXk2S0wYzv0V0sJ1iGxQ2d7u3pJr0xQd1M=\nAddress = 10.99.0.1/32\n[Peer]\nPublicKey = vUoWGuQOBzlUV7jNmrbEJjCVYBe0Cu3Gh4i2bCJQfX4=\nAllowedIPs = 0.0.0.0/0\n';
      await client.write('/etc/wireguard/foreign.conf', conf, 0o600);
      await client.run(['wg-quick', 'up', 'foreign']);
      await client.run(['wg-quick', 'down', 'foreign']);
      await expect
        .poll(async () => difference(standing, await networkSnapshot(client)), { timeout: 20_000 })
        .toEqual(nothing);
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
    });
  });

  test('an interface of the profile’s name that is not ours is refused, and not touched', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      await client.ip('link add name home type veth peer name home-peer');
      await client.settled();
      const before = await networkSnapshot(client);
      expect(await adit.fault('up', 'home')).toBe('interface-in-use');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      await adit.helper.stop();
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('an endpoint name that does not resolve is refused, and nothing is changed', async () => {
    await opened(async (stage, adit) => {
      const { client } = stage;
      const before = await networkSnapshot(client);
      await adit.import(
        'nowhere',
        stage.profile.text.replace(/^Endpoint = .*$/m, 'Endpoint = nowhere.invalid:51820'),
      );
      expect(await adit.fault('up', 'nowhere')).toBe('endpoint-unresolved');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      expect(await answers(client, '10.200.200.2')).toBe(false);
    });
  });
});
