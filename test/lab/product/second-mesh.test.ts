import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../host.ts';
import { setUp } from '../host-plan.ts';
import { Lab } from '../lab.ts';
import { answers, callerSeenBy } from '../measure.ts';
import { Running } from '../running.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { startWeb } from '../services.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { showPeers } from '../wireguard.ts';
import { AditClient } from './client.ts';

const unchanged = { gone: [], added: [] };

/** What a node of the cluster is, for a list as kubectl saves it. */
interface NodeFacts {
  readonly name: string;
  readonly podCidr: string;
  readonly publicAddress: string;
}

/** A list of nodes in flannel's WireGuard network, which takes no laptop, and of what tells of Services. */
function listOf(nodes: readonly NodeFacts[]): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: nodes.map(({ name, podCidr, publicAddress }, index) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: {
          'flannel.alpha.coreos.com/backend-type': 'wireguard',
          'flannel.alpha.coreos.com/public-ip': publicAddress,
          ...(index === 0 ? { 'k3s.io/node-args': '["server","--service-cidr","10.43.0.0/16"]' } : {}),
        },
      },
      spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
      status: {
        addresses: [{ type: 'ExternalIP', address: publicAddress }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })),
  });
}

/** Runs a node's script as "ssh root@NODE sh -s" does. */
async function runScript(host: Host, script: string, ...words: string[]): Promise<string> {
  return (await host.run(['dash', '-s', '--', ...words], { input: script, timeoutMs: 60_000 })).stdout;
}

/** What a host has, once its links say what they will go on to say. */
async function settledSnapshot(host: Host): Promise<readonly string[]> {
  await host.settled();
  await expect
    .poll(async () => (await host.run(['ip', '-o', 'link', 'show', 'up', 'type', 'bridge'])).stdout, {
      timeout: 20_000,
    })
    .not.toContain('state UNKNOWN');
  return networkSnapshot(host);
}

/** A file of the client's own. */
async function fileOf(adit: AditClient, name: string, text: string): Promise<string> {
  const path = join(adit.home, name);
  await writeFile(path, text);
  return path;
}

/** The cluster changes, and the tunnel with it, while the sessions of the others go on. */
async function followed({ client, clouds }: FourClouds, adit: AditClient, list: string): Promise<void> {
  const others = clouds.filter(({ name }) => name !== 'gcp');
  const gone = clouds.find(({ name }) => name === 'gcp');
  if (gone === undefined) throw new Error('no gcp');
  const sessionOf = async (name: string): Promise<string | null> =>
    (await adit.status('k3s')).peers.find((peer) => peer.name === name)?.latestHandshake ?? null;
  const before = await sessionOf('azure');
  expect(before).not.toBeNull();
  await using sync = new Running(
    'sync',
    adit.argv('cluster', 'sync', 'k3s', '--every=1', '--json'),
    undefined,
    {
      env: adit.environment,
    },
  );
  await sync.line(/"changes":\[\]/, 60_000);
  await writeFile(list, listOf(others));
  await sync.line(/"kind":"removed","name":"gcp"/, 60_000);
  expect(await answers(client, gone.podAddress)).toBe(false);
  for (const { podAddress, name } of others)
    expect(await callerSeenBy(client, `http://${podAddress}/`), name).not.toBe('');

  // A list that cannot be read leaves the tunnel as it is.
  await writeFile(list, '{');
  await sync.line(/"error"/, 60_000);
  expect(await callerSeenBy(client, `http://${others[0]?.podAddress ?? ''}/`)).not.toBe('');
  await writeFile(list, listOf(clouds));
  await sync.line(/"kind":"added","name":"gcp"/, 60_000);
  expect(await callerSeenBy(client, `http://${gone.podAddress}/`)).not.toBe('');

  await adit.done('cluster', 'gateway', 'k3s', 'azure');
  const way = (await adit.status('k3s')).peers.find(({ allowedIps }) => allowedIps.includes('10.43.0.0/16'));
  expect(way?.name).toBe('azure');
  await adit.done('cluster', 'gateway', 'k3s', 'aws');
  expect(await callerSeenBy(client, 'http://10.43.0.80/')).not.toBe('');
  expect(await sessionOf('azure')).toBe(before);
}

/** A firewall that people write for nft itself: what one chain accepts, each of the others may still drop. */
const ownTables = `table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    meta l4proto ipv6-icmp accept
    ct state established,related accept
  }
  chain forward { type filter hook forward priority 0; policy drop; }
}
table inet open {
  chain forward { type filter hook forward priority 5; policy accept; }
}
table ip last {
  chain input {
    type filter hook input priority 10; policy accept;
    ct state established accept
    counter drop
  }
}`;

describeInLab('a second mesh, where a laptop cannot join the network’s own', () => {
  test('the nodes’ scripts, their lines, the profile: every pod and the Services answer beside what the nodes have', async () => {
    await using stage = await openFourClouds();
    const { client, clouds, nodes } = stage;
    await using adit = await AditClient.start(client, stage.lab.folder);
    const list = await fileOf(adit, 'nodes.json', listOf(clouds));
    const before = await Promise.all(clouds.map(({ name }) => settledSnapshot(nodes[name])));

    const script = (await adit.run('cluster', 'manifest', '--every-node', '--as', 'k3s', '--nodes', list))
      .stdout;
    const told = await nodes.aws.run(['dash', '-s', '--', '--dry-run'], { input: script });
    expect(told.stdout).toBe('');
    expect(told.stderr).toContain('Make the key of this node; it never leaves this host');
    expect(difference(before[0] ?? [], await networkSnapshot(nodes.aws))).toEqual(unchanged);

    const lines = await Promise.all(clouds.map(({ name }) => runScript(nodes[name], script)));
    for (const [index, { name, publicAddress }] of clouds.entries())
      // kilo0 has 51820, and wg0 51821.
      expect(lines[index]).toMatch(
        new RegExp(`^adit-node ${name} [A-Za-z0-9+/]{43}= ${publicAddress.replaceAll('.', '\\.')}:51822\n$`),
      );
    const once = await networkSnapshot(nodes.aws);
    expect(await runScript(nodes.aws, script)).toBe(lines[0]);
    expect(difference(once, await networkSnapshot(nodes.aws))).toEqual(unchanged);

    const keys = await fileOf(adit, 'keys.txt', `Welcome to Debian\n${lines.join('\r\n')}\nadit-node aws`);
    const made = await adit.done(
      'cluster',
      'import',
      '--as',
      'k3s',
      '--keys',
      keys,
      '--nodes',
      list,
      '--gateway=aws',
    );
    expect(made).toMatchObject({ gateway: 'aws', serviceCidrs: ['10.43.0.0/16'] });
    expect(made).toMatchObject({
      peers: [...clouds]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, podCidr, publicAddress }) => ({
          name,
          endpoint: `${publicAddress}:51822`,
          allowedIps: [
            expect.stringMatching(/^10\.200\.200\.\d+\/32$/),
            podCidr,
            ...(name === 'aws' ? ['10.43.0.0/16'] : []),
          ],
        })),
    });
    await adit.done('up', 'k3s', '--wait=20');
    for (const { podAddress, name } of clouds)
      expect(await callerSeenBy(client, `http://${podAddress}/`), name).not.toBe('');
    expect(await callerSeenBy(client, 'http://10.43.0.80/')).not.toBe('');

    await followed(stage, adit, list);

    await adit.done('down', 'k3s');
    for (const { name } of clouds) expect(await runScript(nodes[name], script, '--remove')).toBe('');
    const after = await Promise.all(clouds.map(({ name }) => networkSnapshot(nodes[name])));
    for (const [index, snapshot] of after.entries())
      expect(difference(before[index] ?? [], snapshot)).toEqual(unchanged);
    for (const { name } of clouds) {
      const left = await nodes[name].run(['sh', '-c', 'ls -d /etc/adit-node'], { allowFailure: true });
      expect(left.code, name).not.toBe(0);
      expect(nodes[name].processes('wireguard-go')).toHaveLength(2);
    }
  });

  test.each(['nft', 'iptables'])(
    'a bare node that forwards nothing and drops all is opened by %s for the laptops, and closed after the last',
    async (tables) => {
      await using lab = await Lab.open('second-mesh');
      const [client, node, pod] = await lab.hosts('laptop', 'bare', 'pod');
      await Promise.all([
        lab.link(client, 'eth0', node, 'eth0'),
        lab.link(node, 'cni0', pod, 'eth0', { mtu: 1420 }),
      ]);
      await Promise.all([
        setUp(client, { links: { eth0: ['203.0.113.20/24'] } }),
        setUp(node, { links: { eth0: ['203.0.113.9/24'], cni0: ['10.42.7.1/24'] } }),
        setUp(pod, { links: { eth0: ['10.42.7.10/24'] }, ip: ['route add default via 10.42.7.1'] }),
      ]);
      await node.shell('iptables -P INPUT DROP\niptables -P FORWARD DROP\niptables -A INPUT -i lo -j ACCEPT');
      // Its second table, which iptables makes when it is first asked for it, and leaves there.
      await node.shell('iptables -t nat -A POSTROUTING -j RETURN && iptables -t nat -F POSTROUTING');
      // What the script chose before stays chosen.
      await node.write('/etc/adit-node/tables', tables);
      await startWeb(pod);
      await Promise.all([client.settled(), node.settled()]);
      const before = await networkSnapshot(node);
      await using adit = await AditClient.start(client, lab.folder);
      const list = await fileOf(
        adit,
        'nodes.json',
        listOf([{ name: 'bare', podCidr: '10.42.7.0/24', publicAddress: '203.0.113.9' }]),
      );
      const scriptFor = async (profile: string, address: string): Promise<string> => {
        const words = ['--node', 'bare', '--as', profile, '--address', address, '--nodes', list];
        return (await adit.run('cluster', 'manifest', ...words)).stdout;
      };
      const first = await scriptFor('first', '10.200.200.201');
      const second = await scriptFor('second', '10.200.200.202');
      const taken = await scriptFor('third', '10.200.200.201');

      const keys = await fileOf(adit, 'keys.txt', await runScript(node, first));
      expect(await runScript(node, second)).toBe(await readFile(keys, 'utf8'));
      await expect(runScript(node, taken)).rejects.toThrow('Another laptop has 10.200.200.201');
      expect(await showPeers(node, 'adit0')).toHaveLength(2);
      await adit.done('cluster', 'import', '--as', 'first', '--keys', keys, '--nodes', list, '--single');
      await adit.done('up', 'first', '--wait=20');
      // The pod knows no way back to the laptop's address.
      expect(await callerSeenBy(client, 'http://10.42.7.10/')).toBe('10.42.7.1');
      // What nft has put into iptables' chains, iptables still reads.
      expect((await node.run(['iptables', '-S'])).stdout).toMatch(/^-A FORWARD -i adit0 .*-j ACCEPT$/m);

      await runScript(node, second, '--remove');
      expect(await answers(client, '10.42.7.10')).toBe(true);
      await runScript(node, first, '--remove');
      expect(await answers(client, '10.42.7.10')).toBe(false);
      expect(difference(before, await networkSnapshot(node))).toEqual(unchanged);
      await runScript(node, first, '--remove');
    },
  );

  test.each([
    ['nft', '203.0.113.9'],
    ['nft', '[2001:db8::9]'],
    ['iptables', '203.0.113.9'],
    ['iptables', '[2001:db8::9]'],
  ])(
    'a node whose own tables of nft drop all, and that is opened by %s, lets a laptop in at %s',
    async (tables, endpoint) => {
      await using lab = await Lab.open('second-mesh-nft');
      const [client, node, pod] = await lab.hosts('laptop', 'bare', 'pod');
      await Promise.all([
        lab.link(client, 'eth0', node, 'eth0'),
        lab.link(node, 'cni0', pod, 'eth0', { mtu: 1420 }),
      ]);
      await Promise.all([
        setUp(client, { links: { eth0: ['203.0.113.20/24', '2001:db8::20/64'] } }),
        setUp(node, {
          links: { eth0: ['203.0.113.9/24', '2001:db8::9/64'], cni0: ['10.42.7.1/24'] },
          firewall: ownTables,
        }),
        setUp(pod, { links: { eth0: ['10.42.7.10/24'] }, ip: ['route add default via 10.42.7.1'] }),
      ]);
      // A rule for the port that drops, and one behind it that accepts something else.
      await node.shell(
        [
          'iptables -A INPUT -p udp --dport 51822 -j DROP',
          'iptables -A INPUT -i lo -j ACCEPT',
          // iptables makes these when it is first asked for them, and leaves them there.
          'iptables -P FORWARD ACCEPT',
          'iptables -t nat -A POSTROUTING -j RETURN && iptables -t nat -F POSTROUTING',
          'ip6tables -P INPUT DROP',
          'ip6tables -A INPUT -p ipv6-icmp -j ACCEPT',
        ].join('\n'),
      );
      await node.write('/etc/adit-node/tables', tables);
      await startWeb(pod);
      await Promise.all([client.settled(), node.settled()]);
      const before = await networkSnapshot(node);
      await using adit = await AditClient.start(client, lab.folder);
      const list = await fileOf(
        adit,
        'nodes.json',
        listOf([{ name: 'bare', podCidr: '10.42.7.0/24', publicAddress: '203.0.113.9' }]),
      );
      const words = ['--node', 'bare', '--as', 'one', '--nodes', list];
      const script = (await adit.run('cluster', 'manifest', ...words)).stdout;
      const line = await runScript(node, script, '--endpoint', endpoint);
      const once = await networkSnapshot(node);
      expect(await runScript(node, script, '--endpoint', endpoint)).toBe(line);
      expect(difference(once, await networkSnapshot(node))).toEqual(unchanged);
      // What does not drop is left alone.
      expect((await node.run(['nft', 'list', 'chain', 'inet', 'open', 'forward'])).stdout).not.toContain(
        'adit0',
      );

      const keys = await fileOf(adit, 'keys.txt', line);
      await adit.done('cluster', 'import', '--as', 'one', '--keys', keys, '--nodes', list, '--single');
      await adit.done('up', 'one', '--wait=20');
      expect(await callerSeenBy(client, 'http://10.42.7.10/')).toBe('10.42.7.1');

      await runScript(node, script, '--remove');
      expect(await answers(client, '10.42.7.10')).toBe(false);
      expect(difference(before, await networkSnapshot(node))).toEqual(unchanged);
    },
  );

  const title = 'a node that starts anew lets the laptops in again, where that was wanted';
  const isWithout = !existsSync('/usr/bin/systemctl');
  test.skipIf(isWithout)(`${title}${isWithout ? ' [skipped: no systemctl]' : ''}`, async () => {
    await using lab = await Lab.open('second-mesh-boot');
    const [client, node] = await lab.hosts('laptop', 'node');
    await lab.link(client, 'eth0', node, 'eth0');
    await Promise.all([
      setUp(client, { links: { eth0: ['203.0.113.20/24'] } }),
      setUp(node, { links: { eth0: ['203.0.113.9/24'] }, forwards: true }),
    ]);
    await Promise.all([client.settled(), node.settled()]);
    const before = await networkSnapshot(node);
    await using adit = await AditClient.start(client, lab.folder);
    const list = await fileOf(
      adit,
      'nodes.json',
      listOf([{ name: 'node', podCidr: '10.42.7.0/24', publicAddress: '203.0.113.9' }]),
    );
    const scriptFor = async (profile: string, address: string): Promise<string> => {
      const words = ['--every-node', '--as', profile, '--address', address, '--nodes', list];
      return (await adit.run('cluster', 'manifest', ...words)).stdout;
    };
    const scripts = [await scriptFor('one', '10.200.200.201'), await scriptFor('two', '10.200.200.202')];
    for (const [index, script] of scripts.entries()) {
      await node.write(`/etc/node-${index}.sh`, script);
      await node.run(['dash', `/etc/node-${index}.sh`, '--persist', '--endpoint', '[2001:db8::9]'], {
        timeoutMs: 60_000,
      });
    }
    // wireguard-go's device has a link-local address by chance.
    const steady = async (): Promise<string[]> =>
      (await networkSnapshot(node)).filter((one) => !/stable_secret|adit0.*fe80|fe80.*adit0/.test(one));
    const standing = await steady();
    const enabled = await node.run(['systemctl', 'is-enabled', 'adit-node.service'], { allowFailure: true });
    expect(enabled.stdout).toBe('enabled\n');

    // What an end of the host leaves: its files.
    await node.shell('ip link delete dev adit0; nft delete table ip adit_node_adit0');
    await expect.poll(() => node.processes('wireguard-go').length, { timeout: 20_000 }).toBe(0);
    const unit = await node.read('/etc/systemd/system/adit-node.service');
    const [, line = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    const { stdout } = await node.shell(line.replaceAll('$$', '$'), { timeoutMs: 60_000 });
    expect(stdout).toMatch(/^(adit-node node [A-Za-z0-9+/=]{44} \[2001:db8::9\]:51822\n){2}$/);
    expect(difference(standing, await steady())).toEqual(unchanged);
    expect(await showPeers(node, 'adit0')).toHaveLength(2);

    for (const script of scripts) await runScript(node, script, '--remove');
    expect(difference(before, await networkSnapshot(node))).toEqual(unchanged);
    const left = await node.shell('ls /etc/systemd/system /etc/systemd/system/multi-user.target.wants');
    expect(left.stdout).not.toContain('adit-node');
  });
});
