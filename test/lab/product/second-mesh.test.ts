import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Family } from '../../../shared/network/address.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { Host } from '../host.ts';
import { answers, callerSeenBy } from '../measure.ts';
import { Running } from '../running.ts';
import type { Cloud } from '../scenarios/cloud.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { showPeers } from '../wireguard.ts';
import { BareNodes, fileOf, inUrl, listOf, runScript, settledSnapshot } from './bare-nodes.ts';
import { AditClient } from './client.ts';

const unchanged = { gone: [], added: [] };

/** The clouds as a list that kubectl saved. */
function listOfClouds(clouds: readonly Cloud[]): string {
  return listOf(
    clouds.map(({ name, podCidr, publicAddress }) => ({ name, podCidrs: [podCidr], publicAddress })),
  );
}

/** A setting of IPv6 of a host. */
async function sysctlOf(host: Host, key: string): Promise<string> {
  return (await host.run(['cat', `/proc/sys/net/ipv6/conf/${key}`])).stdout;
}

/** The cluster changes, and the tunnel with it, while the sessions of the others go on. */
async function followed({ client, clouds }: FourClouds, adit: AditClient, list: string): Promise<void> {
  const others = clouds.filter(({ name }) => name !== 'gcp');
  const gone = clouds.find(({ name }) => name === 'gcp');
  if (gone === undefined) throw new Error('no gcp');
  const sessionOf = ({ peers }: TunnelStatus, name: string): string | null =>
    peers.find((peer) => peer.name === name)?.latestHandshake ?? null;
  const before = sessionOf(await adit.settledStatus('k3s'), 'azure');
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
  await writeFile(list, listOfClouds(others));
  await sync.line(/"kind":"removed","name":"gcp"/, 60_000);
  expect(await answers(client, gone.podAddress)).toBe(false);
  for (const { podAddress, name } of others)
    expect(await callerSeenBy(client, `http://${podAddress}/`), name).not.toBe('');

  // A list that cannot be read leaves the tunnel as it is.
  await writeFile(list, '{');
  await sync.line(/"error"/, 60_000);
  expect(await callerSeenBy(client, `http://${others[0]?.podAddress ?? ''}/`)).not.toBe('');
  await writeFile(list, listOfClouds(clouds));
  await sync.line(/"kind":"added","name":"gcp"/, 60_000);
  expect(await callerSeenBy(client, `http://${gone.podAddress}/`)).not.toBe('');

  await adit.done('cluster', 'gateway', 'k3s', 'azure');
  const way = (await adit.status('k3s')).peers.find(({ allowedIps }) => allowedIps.includes('10.43.0.0/16'));
  expect(way?.name).toBe('azure');
  await adit.done('cluster', 'gateway', 'k3s', 'aws');
  expect(await callerSeenBy(client, 'http://10.43.0.80/')).not.toBe('');
  expect(sessionOf(await adit.status('k3s'), 'azure')).toBe(before);
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

/** The same of IPv6 alone. */
const ownTablesOfIPv6 = `table ip6 own {
  chain input { type filter hook input priority 0; policy drop; meta l4proto ipv6-icmp accept; }
  chain forward { type filter hook forward priority 0; policy drop; }
}`;

describeInLab('a second mesh, where a laptop cannot join the network’s own', () => {
  test('the nodes’ scripts, their lines, the profile: every pod and the Services answer beside what the nodes have', async () => {
    await using stage = await openFourClouds();
    const { client, clouds, nodes } = stage;
    await using adit = await AditClient.start(client, stage.lab.folder);
    const list = await fileOf(adit, 'nodes.json', listOfClouds(clouds));
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
      await using stage = await BareNodes.open('second-mesh', {
        tables,
        prepare: [
          'iptables -P INPUT DROP',
          'iptables -P FORWARD DROP',
          'iptables -A INPUT -i lo -j ACCEPT',
          // Its second table, which iptables makes when it is first asked for it, and leaves there.
          'iptables -t nat -A POSTROUTING -j RETURN && iptables -t nat -F POSTROUTING',
        ],
      });
      const { client, adit, list } = stage;
      const { host, before } = stage.node;
      const scriptFor = async (profile: string, address: string): Promise<string> => {
        const words = ['--node', 'bare', '--as', profile, '--address', address, '--nodes', list];
        return (await adit.run('cluster', 'manifest', ...words)).stdout;
      };
      const first = await scriptFor('first', '10.200.200.201');
      const second = await scriptFor('second', '10.200.200.202');
      const taken = await scriptFor('third', '10.200.200.201');

      const line = await runScript(host, first);
      expect(await runScript(host, second)).toBe(line);
      await expect(runScript(host, taken)).rejects.toThrow('Another laptop has 10.200.200.201');
      expect(await showPeers(host, 'adit0')).toHaveLength(2);
      await stage.import('first', [line], '--single');
      await adit.done('up', 'first', '--wait=20');
      // The pod knows no way back to the laptop's address.
      expect(await callerSeenBy(client, 'http://10.42.7.10/')).toBe('10.42.7.1');
      // What nft has put into iptables' chains, iptables still reads.
      expect((await host.run(['iptables', '-S'])).stdout).toMatch(/^-A FORWARD -i adit0 .*-j ACCEPT$/m);

      await runScript(host, second, '--remove');
      expect(await answers(client, '10.42.7.10')).toBe(true);
      await runScript(host, first, '--remove');
      expect(await answers(client, '10.42.7.10')).toBe(false);
      expect(difference(before, await networkSnapshot(host))).toEqual(unchanged);
      await runScript(host, first, '--remove');
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
      await using stage = await BareNodes.open('second-mesh-nft', {
        outside: [4, 6],
        tables,
        firewall: ownTables,
        prepare: [
          // A rule for the port that drops, and one behind it that accepts something else.
          'iptables -A INPUT -p udp --dport 51822 -j DROP',
          'iptables -A INPUT -i lo -j ACCEPT',
          // iptables makes these when it is first asked for them, and leaves them there.
          'iptables -P FORWARD ACCEPT',
          'iptables -t nat -A POSTROUTING -j RETURN && iptables -t nat -F POSTROUTING',
          'ip6tables -P INPUT DROP',
          'ip6tables -A INPUT -p ipv6-icmp -j ACCEPT',
        ],
      });
      const { client, adit } = stage;
      const { host, before } = stage.node;
      const script = await stage.scriptFor('one');
      const line = await runScript(host, script, '--endpoint', endpoint);
      const once = await networkSnapshot(host);
      expect(await runScript(host, script, '--endpoint', endpoint)).toBe(line);
      expect(difference(once, await networkSnapshot(host))).toEqual(unchanged);
      // What does not drop is left alone.
      expect((await host.run(['nft', 'list', 'chain', 'inet', 'open', 'forward'])).stdout).not.toContain(
        'adit0',
      );

      await stage.import('one', [line], '--single');
      await adit.done('up', 'one', '--wait=20');
      expect(await callerSeenBy(client, 'http://10.42.7.10/')).toBe('10.42.7.1');

      await runScript(host, script, '--remove');
      expect(await answers(client, '10.42.7.10')).toBe(false);
      expect(difference(before, await networkSnapshot(host))).toEqual(unchanged);
    },
  );

  test.each<[string, string, Family[], Family[]]>([
    ['of both families', 'nft', [4, 6], [4, 6]],
    ['of both families', 'iptables', [4, 6], [4, 6]],
    ['of IPv6 alone', 'nft', [6], [6]],
    ['of IPv6 alone', 'iptables', [6], [6]],
    ['of IPv6, dialled at IPv4', 'nft', [4], [6]],
  ])(
    'bare nodes %s and opened by %s let the laptop in: every Pod answers at every address',
    async (_, tables, outside, inside) => {
      await using stage = await BareNodes.open('second-mesh-ipv6', {
        names: ['one', 'two'],
        outside,
        inside,
        tables,
        firewall: ownTablesOfIPv6,
        prepare: [
          'ip6tables -P INPUT DROP',
          'ip6tables -P FORWARD DROP',
          'ip6tables -A INPUT -p ipv6-icmp -j ACCEPT',
          'ip6tables -t nat -A POSTROUTING -j RETURN && ip6tables -t nat -F POSTROUTING',
          ...(outside.includes(4)
            ? [
                'iptables -P INPUT DROP',
                'iptables -P FORWARD DROP',
                'iptables -t nat -A POSTROUTING -j RETURN && iptables -t nat -F POSTROUTING',
              ]
            : []),
          // As if a router had said so.
          ...(outside.includes(6) ? ['ip -6 route add default via 2001:db8::1 dev eth0 proto ra'] : []),
          'echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_ra',
          'echo 1 >/proc/sys/net/ipv6/conf/cni0/forwarding',
          // A Service, as kube-proxy makes it; its Pod is two's.
          'nft add table ip6 services',
          "nft 'add chain ip6 services incoming { type nat hook prerouting priority dstnat; }'",
          'nft add rule ip6 services incoming ip6 daddr fd00:43::80 dnat to fd00:42:8::10',
        ],
      });
      const { client, adit, nodes } = stage;
      const script = await stage.scriptFor('work');
      const told = await stage.node.host.run(['dash', '-s', '--', '--dry-run'], { input: script });
      expect(told.stdout).toBe('');
      expect(told.stderr).toContain('Pass packets of IPv6 on at all');
      expect(difference(stage.node.before, await networkSnapshot(stage.node.host))).toEqual(unchanged);

      const lines = await Promise.all(nodes.map(({ host }) => runScript(host, script)));
      for (const [index, { name, publicAddress }] of nodes.entries())
        expect(lines[index]).toMatch(
          new RegExp(
            `^adit-node ${name} [A-Za-z0-9+/]{43}= ${inUrl(publicAddress).replace(/[.[\]]/g, '\\$&')}:51822\n$`,
          ),
        );
      const once = await networkSnapshot(stage.node.host);
      expect(await runScript(stage.node.host, script)).toBe(lines[0]);
      expect(difference(once, await networkSnapshot(stage.node.host))).toEqual(unchanged);
      const listens = await sysctlOf(stage.node.host, 'eth0/accept_ra');
      expect(listens).toBe(outside.includes(6) ? '2\n' : '1\n');

      const made = await stage.import('work', lines, '--gateway=two');
      expect(made).toMatchObject({
        serviceCidrs: inside.map((family) => (family === 4 ? '10.43.0.0/16' : 'fd00:43::/112')),
        gateway: 'two',
        // flannel's own, which takes no laptop; nothing is left out.
        warnings: [{ code: 'mesh-closed' }],
      });
      await adit.done('up', 'work', '--wait=20');
      for (const { podAddresses, ownAddresses, name } of nodes)
        for (const [index, address] of podAddresses.entries())
          // The pod knows no way back to the laptop's address.
          expect(await callerSeenBy(client, `http://${inUrl(address)}/`), `${name} ${address}`).toBe(
            ownAddresses[index],
          );
      expect(await callerSeenBy(client, 'http://[fd00:43::80]/')).toBe('fd00:42:8::1');

      await adit.done('down', 'work');
      for (const { host, before, name } of nodes) {
        expect(await runScript(host, script, '--remove')).toBe('');
        expect(difference(before, await networkSnapshot(host)), name).toEqual(unchanged);
      }
    },
  );

  const hasOld = existsSync('/usr/sbin/ip6tables-legacy');
  const old = 'a node whose iptables is the old one is opened by it for both families, and closed again';
  test.skipIf(!hasOld)(`${old}${hasOld ? '' : ' [skipped: no iptables-legacy]'}`, async () => {
    await using stage = await BareNodes.open('second-mesh-old', {
      outside: [4, 6],
      inside: [4, 6],
      prepare: ['iptables', 'ip6tables'].flatMap((program) => [
        `ln -sf /usr/sbin/${program}-legacy /etc/alternatives/${program}`,
        `${program} -P INPUT DROP`,
        `${program} -P FORWARD DROP`,
        `${program} -A INPUT -p ${program === 'iptables' ? 'icmp' : 'ipv6-icmp'} -j ACCEPT`,
        `${program} -t nat -S`,
      ]),
    });
    const { client, adit } = stage;
    const { host, before, podAddresses, ownAddresses } = stage.node;
    const rules = async (): Promise<string> =>
      (
        await host.shell(
          'for program in iptables ip6tables; do for table in filter nat; do $program -t $table -S; done; done',
        )
      ).stdout;
    const closed = await rules();
    const script = await stage.scriptFor('one');
    await stage.import('one', [await runScript(host, script)]);
    const opened = await rules();
    await runScript(host, script);
    expect(await rules()).toBe(opened);
    await adit.done('up', 'one', '--wait=20');
    for (const [index, address] of podAddresses.entries())
      expect(await callerSeenBy(client, `http://${inUrl(address)}/`)).toBe(ownAddresses[index]);
    await runScript(host, script, '--remove');
    expect(await rules()).toBe(closed);
    expect(difference(before, await networkSnapshot(host))).toEqual(unchanged);
  });

  test('a node that has IPv6 turned off is reached by IPv4, and gets IPv6 on its own interface alone', async () => {
    await using stage = await BareNodes.open('second-mesh-ipv4', {
      prepare: ['for conf in all default; do echo 1 >/proc/sys/net/ipv6/conf/$conf/disable_ipv6; done'],
    });
    const { client, adit } = stage;
    const { host, before } = stage.node;
    const script = await stage.scriptFor('one');
    expect(script).toContain("network6=''");
    const line = await runScript(host, script);
    expect(await sysctlOf(host, 'adit0/disable_ipv6')).toBe('1\n');
    expect(await sysctlOf(host, 'all/forwarding')).toBe('0\n');
    await stage.import('one', [line]);
    await adit.done('up', 'one', '--wait=20');
    expect(await callerSeenBy(client, 'http://10.42.7.10/')).toBe('10.42.7.1');

    const both = await stage.scriptFor('one', '--tunnel-network', 'fd00:77::/64');
    await runScript(host, both);
    expect(await sysctlOf(host, 'adit0/disable_ipv6')).toBe('0\n');
    expect(await sysctlOf(host, 'eth0/disable_ipv6')).toBe('1\n');
    expect(await callerSeenBy(client, 'http://10.42.7.10/')).toBe('10.42.7.1');
    // What both scripts have made, the first undoes.
    await runScript(host, script, '--remove');
    expect(difference(before, await networkSnapshot(host))).toEqual(unchanged);
  });

  const title = 'a node that starts anew lets the laptops in again, where that was wanted';
  const isWithout = !existsSync('/usr/bin/systemctl');
  test.skipIf(isWithout)(`${title}${isWithout ? ' [skipped: no systemctl]' : ''}`, async () => {
    await using stage = await BareNodes.open('second-mesh-boot', { outside: [4, 6], inside: [4, 6] });
    const { adit, list } = stage;
    const { host: node, before } = stage.node;
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
    await node.shell(
      'ip link delete dev adit0; for family in ip ip6; do nft delete table $family adit_node_adit0; done',
    );
    await expect.poll(() => node.processes('wireguard-go').length, { timeout: 20_000 }).toBe(0);
    const unit = await node.read('/etc/systemd/system/adit-node.service');
    const [, line = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    const { stdout } = await node.shell(line.replaceAll('$$', '$'), { timeoutMs: 60_000 });
    expect(stdout).toMatch(/^(adit-node bare [A-Za-z0-9+/=]{44} \[2001:db8::9\]:51822\n){2}$/);
    expect(difference(standing, await steady())).toEqual(unchanged);
    expect(await showPeers(node, 'adit0')).toHaveLength(2);

    for (const script of scripts) await runScript(node, script, '--remove');
    expect(difference(before, await networkSnapshot(node))).toEqual(unchanged);
    const left = await node.shell('ls /etc/systemd/system /etc/systemd/system/multi-user.target.wants');
    expect(left.stdout).not.toContain('adit-node');
  });
});
