import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { natRouter, setUp } from '../host-plan.ts';
import { Lab } from '../lab.ts';
import { answers, callerSeenBy } from '../measure.ts';
import { startWeb } from '../services.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';
import { BareEnd, runPrinted } from './made-end.ts';
import type { NewEnd } from './made-end.ts';

const core = '203.0.113.254';
const relayAddress = '203.0.113.10';
const relayName = 'goblin.lqingcloud.cn';
const names = { [relayName]: relayAddress };

/** A host that lets nothing in and passes nothing on unless somebody says so, in the tables that iptables fills. */
const closed = `
  iptables -P INPUT DROP
  iptables -P FORWARD DROP
  iptables -A INPUT -i lo -j ACCEPT
  iptables -A INPUT -p icmp -j ACCEPT`;

describeInLab('the seeds’ networks, from nothing but adit new and what it printed', () => {
  test('seed 000, scenario 1: all of the internet through the relay', async () => {
    await using lab = await Lab.open('new-full');
    const [internet, relay, web, router, pc] = await lab.hosts('core', 'relay', 'web', 'router', 'pc');
    await Promise.all([
      lab.switch('internet', [
        [internet, 'internet'],
        [relay, 'em1'],
        [router, 'wan'],
      ]),
      lab.link(internet, 'web', web, 'eth0'),
      lab.link(router, 'lan', pc, 'eth0'),
    ]);
    await Promise.all([
      setUp(internet, { links: { internet: [`${core}/24`], web: ['198.51.100.1/24'] }, forwards: true }),
      setUp(web, { links: { eth0: ['198.51.100.80/24'] }, ip: ['route add default via 198.51.100.1'] }),
      setUp(router, natRouter('192.168.1.1/24', '203.0.113.20/24', core)),
      setUp(relay, { links: { em1: [`${relayAddress}/24`] }, ip: [`route add default via ${core}`] }),
      setUp(pc, { links: { eth0: ['192.168.1.11/24'] }, ip: ['route add default via 192.168.1.1'], names }),
    ]);
    await Promise.all([startWeb(web), relay.shell(closed), pc.settled()]);

    const server = await BareEnd.make(relay, 'wg0', '--address=10.200.200.2/24', '--listen-port=51820');
    await server.raise();
    await using adit = await AditClient.start(pc, lab.folder);
    const made = (await adit.done(
      ...['new', 'home', '--address', '10.200.200.11/24', '--endpoint', `${relayName}:51820`],
      ...['--peer-key', server.made.publicKey, '--full', '--preshared-key'],
    )) as NewEnd;
    await adit.done('up', 'home');
    expect(await answers(pc, '198.51.100.80')).toBe(false);
    await adit.done('down', 'home');

    await runPrinted(relay, made.farSide.commands);
    await adit.done('up', 'home', '--wait=10');
    expect(await callerSeenBy(pc, 'http://198.51.100.80/')).toBe(relayAddress);
    expect(await adit.status('home')).toMatchObject({ state: 'connected', publicKey: made.publicKey });
    // What is printed leaves the firewall in a form that its own tool can still read.
    expect((await relay.run(['iptables', '-S'])).stdout).toContain('-A FORWARD -i wg0 -j ACCEPT');
  });

  test('seed 000, scenario 2: from home into the company LAN, by way of the relay', async () => {
    await using lab = await Lab.open('new-site');
    const [internet, relay, router, pc, gateway, server, colleague] = await lab.hosts(
      ...(['core', 'relay', 'router', 'pc', 'gateway', 'server', 'colleague'] as const),
    );
    await Promise.all([
      lab.switch('internet', [
        [internet, 'internet'],
        [relay, 'em1'],
        [router, 'wan'],
        [gateway, 'wan'],
      ]),
      lab.switch('office', [
        [gateway, 'lan'],
        [server, 'eth0'],
        [colleague, 'eth0'],
      ]),
      lab.link(router, 'lan', pc, 'eth0'),
    ]);
    const toOffice = 'route add default via 172.24.135.254';
    await Promise.all([
      setUp(internet, { links: { internet: [`${core}/24`] }, forwards: true }),
      setUp(router, natRouter('192.168.1.1/24', '203.0.113.20/24', core)),
      setUp(gateway, natRouter('172.24.135.254/24', '203.0.113.30/24', core)),
      setUp(relay, { links: { em1: [`${relayAddress}/24`] }, ip: [`route add default via ${core}`] }),
      setUp(pc, { links: { eth0: ['192.168.1.11/24'] }, ip: ['route add default via 192.168.1.1'], names }),
      setUp(server, { links: { eth0: ['172.24.135.46/24'] }, ip: [toOffice], names }),
      setUp(colleague, { links: { eth0: ['172.24.135.45/24'] }, ip: [toOffice] }),
    ]);
    await Promise.all([startWeb(server), startWeb(colleague), relay.shell(closed), pc.settled()]);

    const tools = ['--firewall', 'iptables'];
    const hub = await BareEnd.make(
      relay,
      'wg0',
      '--address=10.200.200.2/24',
      '--listen-port=51820',
      ...tools,
    );
    await hub.raise();
    const dialling = ['--endpoint', `${relayName}:51820`, '--peer-key', hub.made.publicKey, ...tools];
    const office = await BareEnd.make(
      ...([server, 'office', '--address', '10.200.200.47/24', '--lan', '172.24.135.0/24'] as const),
      ...dialling,
    );
    await runPrinted(relay, office.made.farSide.commands);
    await office.raise();

    await using adit = await AditClient.start(pc, lab.folder);
    const made = (await adit.done(
      ...['new', 'home', '--address', '10.200.200.11/24', '--allowed-ips', '10.200.200.0/24,172.24.135.0/24'],
      ...dialling,
    )) as NewEnd;
    await runPrinted(relay, made.farSide.commands);
    await adit.done('up', 'home', '--wait=10');
    await expect.poll(() => answers(pc, '10.200.200.47'), { timeout: 20_000 }).toBe(true);
    expect(await callerSeenBy(pc, 'http://172.24.135.46/')).toBe('10.200.200.11');
    expect(await callerSeenBy(pc, 'http://172.24.135.45/')).toBe('172.24.135.46');
  });

  test('seed 001: two hosts, either of which may call', async () => {
    await using lab = await Lab.open('new-two');
    const [a, b] = await lab.hosts('a', 'b');
    await lab.link(a, 'eth0', b, 'eth0');
    await Promise.all([
      setUp(a, { links: { eth0: ['172.17.3.2/24'] } }),
      setUp(b, { links: { eth0: ['172.17.3.1/24'] } }),
    ]);
    await Promise.all([startWeb(b), a.settled()]);

    const other = await BareEnd.make(b, 'wg0', '--address=10.0.0.2', '--listen-port=51820');
    await other.raise();
    await using adit = await AditClient.start(a, lab.folder);
    const made = (await adit.done(
      ...[
        'new',
        'b',
        '--address',
        '10.0.0.1',
        '--listen-port',
        '51820',
        '--reachable-at',
        '172.17.3.2:51820',
      ],
      ...[
        '--endpoint',
        '172.17.3.1:51820',
        '--peer-key',
        other.made.publicKey,
        '--allowed-ips',
        '10.0.0.2/32',
      ],
    )) as NewEnd;
    await runPrinted(b, made.farSide.commands);
    await adit.done('up', 'b');
    expect(await answers(b, '10.0.0.1')).toBe(true);
    expect(await callerSeenBy(a, 'http://10.0.0.2/')).toBe('10.0.0.1');

    // What the real wg shows of the far side is read as it is.
    for (const [name, argv] of [
      ['shown', ['wg', 'show', 'wg0']],
      ['dump', ['wg', 'show', 'wg0', 'dump']],
    ] as const) {
      const path = join(adit.home, `${name}.txt`);
      await writeFile(path, (await b.run(argv)).stdout);
      await adit.done('import', path);
    }
    const peers = [{ publicKey: made.publicKey, endpoint: '172.17.3.2:51820', allowedIps: ['10.0.0.1/32'] }];
    expect(await adit.done('list')).toMatchObject({
      profiles: [
        { name: 'b' },
        { name: 'dump', publicKey: other.made.publicKey, peers },
        { name: 'shown', publicKey: null, peers },
      ],
    });
  });
});
