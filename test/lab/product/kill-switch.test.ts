import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Capture } from '../capture.ts';
import type { Frame } from '../capture.ts';
import type { Host } from '../host.ts';
import { answers, callerSeenBy } from '../measure.ts';
import type { Running } from '../running.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { startNames } from '../services.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { BUSY, describeInLab } from '../testing.ts';
import { aditProgram, AditClient } from './client.ts';

const webUrl = 'http://198.51.100.80/';
const relayAddress = '203.0.113.10';
const nothing = { gone: [], added: [] };

/**
 * Everything but what may leave while the kill switch stands: ARP; the tunnel's own packets; neighbours, routers and groups of listeners
 * in IPv6; the DHCP clients.
 */
const leaks = [
  'not arp',
  `not (udp and src port 40001 and dst host ${relayAddress} and dst port 51820)`,
  'not (icmp6 and ip6[40] >= 133 and ip6[40] <= 136)',
  'not (ip6[6] = 0 and ip6[48] = 143)',
  'not (udp src port 68 and dst port 67)',
  'not (udp src port 546 and dst port 547)',
].join(' and ');

interface Stage {
  readonly stage: FullTunnel;
  readonly client: Host;
  readonly adit: AditClient;
}

async function opened(settings: readonly string[], work: (stage: Stage) => Promise<void>): Promise<void> {
  await using stage = await openFullTunnel();
  const { client } = stage;
  await client.settled();
  // IPv6 that gets out, as far as the next router.
  await client.ip(
    'address add 2001:db8:1::11/64 dev eth0',
    'neighbour add 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev eth0',
    'route add default via 2001:db8:1::1 dev eth0',
    'link set dev eth1 up',
  );
  await using adit = await AditClient.start(client, stage.lab.folder);
  await adit.import('home', stage.profile.text.replace('[Interface]', '[Interface]\nListenPort = 40001'));
  await adit.done('set', 'home', 'killSwitch=on', ...settings);
  await work({ stage, client, adit });
}

/** Programs that talk. */
interface Talk extends AsyncDisposable {
  /** Whether none of them has given up. */
  readonly goesOn: boolean;
}

/** A host that talks to everybody all the time: to the web, to the relay past the tunnel, to the LAN, to IPv6, to name servers. */
async function talking(client: Host): Promise<Talk> {
  const talker = join(import.meta.dirname, '..', 'inside', 'talker.ts');
  const destinations = ['198.51.100.80:80', `${relayAddress}:80`, '192.168.1.1:53', '[2001:db8:9::1]:443'];
  await containerIn(client);
  const programs = [
    client.start([process.execPath, talker, ...destinations]),
    client.start(['ip', 'netns', 'exec', 'box', process.execPath, talker, ...destinations.slice(0, 3)]),
    ...['198.51.100.80', relayAddress, '2001:db8:9::1'].map((address) =>
      client.start(['ping', '-q', '-i', '0.02', address]),
    ),
  ];
  for (const program of programs.slice(0, 2)) await program.line(/^talking$/, 20_000);
  return {
    get goesOn() {
      return programs.every(({ running }) => running);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(programs.map((program) => program.stop()));
    },
  };
}

/** A network namespace that reaches the world through the host, as a container does. */
async function containerIn(host: Host): Promise<void> {
  await host.shell(`
    echo 1 > /proc/sys/net/ipv4/ip_forward
    ip netns add box
    ip link add name box0 type veth peer name eth0 netns box
    ip address add 172.17.0.1/16 dev box0
    ip link set dev box0 up
    ip -n box address add 172.17.0.2/16 dev eth0
    ip -n box link set dev eth0 up
    ip -n box route add default via 172.17.0.1
    nft 'table ip containers {
      chain postrouting { type nat hook postrouting priority srcnat; ip saddr 172.17.0.0/16 oifname != "box0" masquerade; }
    }'`);
}

/** The moment at which the first link of a name came, in seconds since 1970. */
async function arrivalOf(link: string, client: Host): Promise<() => Promise<number>> {
  const monitor = client.start(['ip', '-ts', '-o', 'monitor', 'link']);
  await sleep(200);
  return async () => {
    const line = await monitor.line(new RegExp(`\\d: ${link}: `), 20_000);
    await monitor.stop();
    return Date.parse(/\[([^\]]*)\]/.exec(line)?.[1]?.slice(0, 23) ?? '') / 1000;
  };
}

async function textsSince(capture: Capture, at: number): Promise<string[]> {
  return [
    ...new Set((await capture.frames()).filter((frame: Frame) => frame.at >= at).map(({ text }) => text)),
  ];
}

const now = (): number => Date.now() / 1000;

describeInLab('the kill switch', () => {
  test('lets nothing past the tunnel: from before the tunnel comes until it goes, through crashes and a roam', async () => {
    await opened([], async ({ stage, client, adit }) => {
      await using talk = await talking(client);
      await using eth0 = await Capture.start(client, 'eth0', leaks);
      await using eth1 = await Capture.start(client, 'eth1', leaks);
      const before = await eth0.frames();
      for (const what of [
        /198\.51\.100\.80\.80: UDP/,
        /203\.0\.113\.10\.80: Flags/,
        /192\.168\.1\.1\.53/,
        /ICMP echo request/,
        /2001:db8:9::1\.443/,
      ])
        expect(
          before.some(({ text }) => what.test(text)),
          String(what),
        ).toBe(true);

      const comes = await arrivalOf('home', client);
      await adit.done('up', 'home', '--wait=20');
      const from = await comes();
      expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
      expect((await adit.status('home')).killSwitch).toBe('on');
      const box = await client.run([
        'ip',
        'netns',
        'exec',
        'box',
        'ping',
        '-c',
        '3',
        '-i',
        '0.2',
        '10.200.200.2',
      ]);
      expect(box.stdout).toContain(' 3 received');
      expect(await textsSince(eth0, from)).toEqual([]);

      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await sleep(1000);
      expect(client.processes('wireguard-go')).toEqual([]);
      expect(await textsSince(eth0, from)).toEqual([]);
      await adit.restartHelper();
      await expect.poll(async () => (await adit.status('home')).killSwitch, { timeout: 20_000 }).toBe('on');

      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await expect.poll(async () => (await adit.status('home')).killSwitch, { timeout: 20_000 }).toBe('on');
      await stage.moveToOtherRouter('eth1');
      await expect
        .poll(() => callerSeenBy(client, webUrl).catch(() => null), { timeout: 20_000 })
        .toBe(relayAddress);

      await adit.done('set', 'home', 'mtu=1300');
      await adit.done('up', 'home', '--wait=20');
      expect((await adit.status('home')).mtu).toBe(1300);
      expect([...(await textsSince(eth0, from)), ...(await textsSince(eth1, 0))]).toEqual([]);

      const until = now();
      expect(talk.goesOn).toBe(true);
      await adit.done('down', 'home');
      await sleep(300);
      expect((await textsSince(eth1, until)).length).toBeGreaterThan(0);
    });
  });

  test('stands while the names of endpoints are looked up, whose questions are all that passes it', async () => {
    await opened([], async ({ stage, client, adit }) => {
      const named = stage.profile.text
        .replace('[Interface]', '[Interface]\nListenPort = 40001')
        .replace(/^Endpoint = .*$/m, 'Endpoint = vpn.example:51820');
      await adit.import('named', named);
      await adit.done('set', 'named', 'killSwitch=on');
      const before = await networkSnapshot(client);
      await stage.router.run([
        'nft',
        'table ip silent { chain input { type filter hook input priority 0; udp dport 53 drop; tcp dport 53 drop; }; }',
      ]);
      const refused = adit.fault('up', 'named');
      const table = ['nft', 'list', 'table', 'inet', 'adit-kill-switch'];
      await expect
        .poll(async () => (await client.run(table, { allowFailure: true })).code, { timeout: 20_000 })
        .toBe(0);
      expect(await answers(client, '192.168.1.1')).toBe(false);
      expect(await refused).toBe('endpoint-unresolved');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);

      await stage.router.run(['nft', 'delete', 'table', 'ip', 'silent']);
      await using names = await startNames(stage.router, { 'vpn.example': relayAddress });
      await using talk = await talking(client);
      // What the talkers send to the name server begins with "leak".
      const questions = 'not (udp dst port 53 and dst host 192.168.1.1 and udp[8:4] != 0x6c65616b)';
      await using eth0 = await Capture.start(client, 'eth0', `${leaks} and ${questions}`);
      const comes = await arrivalOf('named', client);
      await adit.done('up', 'named', '--wait=20');
      const from = await comes();
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      for (const { pid } of client.processes('wireguard-go')) process.kill(pid, 'SIGKILL');
      await adit.restartHelper();
      await adit.done('up', 'named', '--wait=20');
      expect([talk.goesOn, names.running]).toEqual([true, true]);
      expect(await textsSince(eth0, from)).toEqual([]);
    });
  });

  test('blocks while no peer answers, says so, and refuses programs at once instead of leaving them waiting', async () => {
    await opened([], async ({ stage, client, adit }) => {
      await stage.relay.run(['wg', 'set', 'wg0', 'peer', await peerKeyOf(stage), 'remove']);
      await adit.done('up', 'home');
      expect((await adit.status('home')).killSwitch).toBe('blocking');
      // The LAN is past the tunnel.
      const script = 'exec 3<>/dev/tcp/192.168.1.1/80';
      const begin = performance.now();
      const { code } = await client.run(['bash', '-c', script], { allowFailure: true });
      expect(code).not.toBe(0);
      expect(performance.now() - begin).toBeLessThan(BUSY * 1000);
    });
  });

  test('that blocks is lowered by recover, with its tunnel', async () => {
    await opened([], async ({ stage, client, adit }) => {
      await stage.relay.run(['wg', 'set', 'wg0', 'peer', await peerKeyOf(stage), 'remove']);
      await adit.done('up', 'home');
      expect(await answers(client, '192.168.1.1')).toBe(false);
      const { undone } = (await adit.json('recover')).value as { undone: string[] };
      expect(undone[0]).toContain('tunnel home');
      expect(await answers(client, '192.168.1.1')).toBe(true);
      expect((await adit.status('home')).state).toBe('down');
    });
  });

  test('is opened for some minutes on demand, to the owner alone, and closes by itself', async () => {
    await opened([], async ({ stage, client, adit }) => {
      await adit.done('up', 'home', '--wait=20');
      expect(await adit.fault('unblock', 'home')).toBe('kill-switch-not-blocking');
      await adit.done('down', 'home');
      const key = await peerKeyOf(stage);
      await stage.relay.run(['wg', 'set', 'wg0', 'peer', key, 'remove']);
      await adit.done('up', 'home');
      const before = await networkSnapshot(client);
      const reach = (): Promise<string | null> => callerSeenBy(client, webUrl, 2000).catch(() => null);
      expect(await reach()).toBeNull();

      // The relay has no web server: a portal is whoever answers in its place.
      await stage.router.run(['nft', portalRules]);
      const portal = await startPortal(stage.router);
      // The page is asked for by the command itself: inside, where the uplink is.
      const inside = [process.execPath, aditProgram, 'unblock', 'home', '--minutes', '1', '--json'];
      const answer = await client.run(inside, { env: adit.environment });
      expect(JSON.parse(answer.stdout)).toMatchObject({ portal: 'http://login.example/' });
      await stage.router.run(['nft', 'delete', 'table', 'ip', 'portal']);
      await portal.stop();
      expect(await reach()).toBe('203.0.113.20');
      const { killSwitch, warnings } = await adit.status('home');
      expect([killSwitch, warnings.map(({ code }) => code)]).toEqual(['blocking', ['uplink-open']]);
      const asNobody =
        'setpriv --reuid 65534 --regid 65534 --clear-groups bash -c "exec 3<>/dev/tcp/198.51.100.80/80"';
      expect((await client.run(['bash', '-c', asNobody], { allowFailure: true })).code).not.toBe(0);

      await adit.done('unblock', 'home', '--minutes', '0');
      expect(await reach()).toBeNull();
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);

      // When the helper is dead, the kernel closes it: its time is in the set.
      await adit.done('unblock', 'home', '--minutes', '1');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      const { stdout } = await client.run(['nft', 'list', 'set', 'inet', 'adit-kill-switch', 'open']);
      expect(stdout).toMatch(/ipv4 timeout 1m expires \d+s/);
      await client.run(['nft', 'flush', 'set', 'inet', 'adit-kill-switch', 'open']);
      expect(await reach()).toBeNull();
      await adit.restartHelper();
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);

      // It is over as soon as a peer answers.
      await adit.done('unblock', 'home', '--minutes', '1');
      await stage.relay.run(['wg', 'set', 'wg0', 'peer', key, 'allowed-ips', '10.200.200.11/32']);
      await expect.poll(reach, { timeout: 30_000 }).toBe(relayAddress);
      const after = await adit.status('home');
      expect([after.killSwitch, after.warnings]).toEqual(['on', []]);
    });
  });

  test('goes with the tunnel, with a failed up and with recover, and leaves the network as it was', async () => {
    await opened([], async ({ client, adit }) => {
      const before = await networkSnapshot(client);
      await adit.done('up', 'home', '--wait=20');
      await adit.done('down', 'home');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);

      await using thief = client.start([
        process.execPath,
        '-e',
        "require('dgram').createSocket('udp4').bind(40001, () => console.log('bound'))",
      ]);
      await thief.line(/bound/, 20_000);
      expect(await adit.fault('up', 'home')).toBe('link-failed');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      await thief.stop();

      await adit.done('up', 'home', '--wait=20');
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      const { stdout } = await client.run([process.execPath, aditProgram, 'recover', '--json'], {
        env: { ADIT_SOCKET: adit.socket, ADIT_HOME: adit.home },
      });
      expect((JSON.parse(stdout) as { undone: string[] }).undone).toContain('kill switch');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
      expect(await answers(client, '192.168.1.1')).toBe(true);
    });
  });

  test('is put back when somebody flushes all tables', async () => {
    await opened([], async ({ client, adit }) => {
      await adit.done('up', 'home', '--wait=20');
      const standing = await networkSnapshot(client);
      await client.run(['nft', 'flush', 'ruleset']);
      await expect
        .poll(async () => difference(standing, await networkSnapshot(client)), { timeout: 20_000 })
        .toEqual(nothing);
      expect((await adit.status('home')).killSwitch).toBe('on');
    });
  });

  test('stays over a change that fails: the tunnel from before is back', async () => {
    await opened([], async ({ client, adit }) => {
      await adit.done('up', 'home', '--wait=20');
      await using talk = await talking(client);
      await using eth0 = await Capture.start(client, 'eth0', leaks);
      await using thief = client.start([
        process.execPath,
        '-e',
        "require('dgram').createSocket('udp4').bind(40002, () => console.log('bound'))",
      ]);
      await thief.line(/bound/, 20_000);
      const conf = join(adit.home, 'profiles', 'home.conf');
      const text = await readFile(conf, 'utf8');
      await writeFile(conf, text.replace('ListenPort = 40001', 'ListenPort = 40002'));
      expect(await adit.fault('up', 'home')).toBe('link-failed');
      await writeFile(conf, text);
      await expect
        .poll(async () => await adit.status('home'), { timeout: 20_000 })
        .toMatchObject({ listenPort: 40001, killSwitch: 'on', state: 'connected' });
      expect(talk.goesOn).toBe(true);
      expect(await textsSince(eth0, 0)).toEqual([]);
    });
  });

  test('is left to whoever has it: a table of that name that is not ours is refused, and not touched', async () => {
    await opened([], async ({ client, adit }) => {
      await client.run(['nft', 'add', 'table', 'inet', 'adit-kill-switch']);
      const before = await networkSnapshot(client);
      expect(await adit.fault('up', 'home')).toBe('kill-switch-taken');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('lets the LAN through where that is allowed, and follows it to another network', async () => {
    await opened(['allowLan=on'], async ({ stage, client, adit }) => {
      await adit.done('up', 'home', '--wait=20');
      expect(await answers(client, '192.168.1.1')).toBe(true);
      await stage.moveToOtherRouter('eth1');
      await expect.poll(() => answers(client, '192.168.2.1'), { timeout: 20_000 }).toBe(true);
      await adit.done('set', 'home', 'allowLan=off');
      await adit.done('up', 'home', '--wait=20');
      expect(await answers(client, '192.168.2.1')).toBe(false);
    });
  });

  test('TunnelVision, CVE-2024-3661: a more specific route by the uplink carries nothing', async () => {
    await opened(['allowLan=on'], async ({ client, adit }) => {
      await adit.done('up', 'home', '--wait=20');
      // What a DHCP server makes a client do with option 121.
      await client.ip('route add 192.0.0.0/2 via 192.168.1.1 dev eth0');
      await using eth0 = await Capture.start(client, 'eth0', `host 198.51.100.80`);
      expect(await answers(client, '198.51.100.80')).toBe(false);
      expect(await textsSince(eth0, 0)).toEqual([]);
      // Without the kill switch, the attack works.
      await adit.done('set', 'home', 'killSwitch=off');
      await adit.done('up', 'home', '--wait=20');
      await answers(client, '198.51.100.80');
      expect((await textsSince(eth0, 0)).length).toBeGreaterThan(0);
    });
  });

  test('TunnelCrack: neither the server’s address nor a “local” network of public addresses gets plaintext', async () => {
    await opened(['allowLan=on'], async ({ client, adit }) => {
      await adit.done('up', 'home', '--wait=20');
      // ServerIP: a route to the server past the tunnel. LocalNet: a lease out of somebody else's addresses.
      await client.ip(
        `route add ${relayAddress}/32 via 192.168.1.1 dev eth0`,
        'address add 198.51.100.7/24 dev eth0',
      );
      await sleep(1000);
      await using eth0 = await Capture.start(
        client,
        'eth0',
        `(host 198.51.100.80 or host ${relayAddress}) and not arp and not udp port 51820`,
      );
      expect(await answers(client, relayAddress)).toBe(false);
      expect(await answers(client, '198.51.100.80')).toBe(false);
      expect(await textsSince(eth0, 0)).toEqual([]);
      expect((await adit.status('home')).state).toBe('connected');
    });
  });
});

/** Who calls the relay's web server gets the router's. */
const portalRules =
  'table ip portal { chain prerouting { type nat hook prerouting priority dstnat; ip daddr 203.0.113.10 tcp dport 80 redirect to :8080; }; }';

/** A web server that sends everybody to a page of its own. */
async function startPortal(router: Host): Promise<Running> {
  const program = `
    require('http').createServer((_, response) => {
      response.writeHead(302, { location: 'http://login.example/' }).end();
    }).listen(8080, () => console.log('listening'));`;
  const portal = router.start([process.execPath, '-e', program]);
  await portal.line(/listening/, 20_000);
  return portal;
}

/** The public key of the one peer that the relay has. */
async function peerKeyOf({ relay }: FullTunnel): Promise<string> {
  return (await relay.run(['wg', 'show', 'wg0', 'peers'])).stdout.trim();
}
