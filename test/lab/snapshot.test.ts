import { expect, test } from 'vitest';
import { answers } from './measure.ts';
import { openTwoHosts } from './scenarios/two-hosts.ts';
import { difference, networkSnapshot } from './snapshot.ts';
import { describeInLab } from './testing.ts';
import { lowerByQuick, raiseByQuick } from './wireguard.ts';

const NOTHING = { gone: [], added: [] };

test('a difference counts equal lines', () => {
  expect(difference(['a', 'b', 'b'], ['b', 'c'])).toEqual({ gone: ['a', 'b'], added: ['c'] });
  expect(difference(['a', 'a'], ['a', 'a'])).toEqual(NOTHING);
});

describeInLab('a snapshot of a network', () => {
  test('is the same again after traffic and time, and names what was changed', async () => {
    await using stage = await openTwoHosts();
    const { client } = stage;
    await client.run(['nft', '-f', '-'], {
      input: 'table ip t { chain c { type filter hook output priority 0; counter accept; }; }',
    });
    const before = await networkSnapshot(client);
    expect(before.length).toBeGreaterThan(100);
    expect(await answers(client, '172.17.3.1')).toBe(true);
    expect(difference(before, await networkSnapshot(client))).toEqual(NOTHING);

    await client.shell(`
      ip route add 192.0.2.0/24 via 172.17.3.1 table 51820
      ip -6 rule add fwmark 7 table 51820
      echo 1 >/proc/sys/net/ipv4/conf/all/src_valid_mark
      nft add rule ip t c udp dport 53 drop
      echo 'nameserver 192.0.2.1' >/etc/resolv.conf
      ip link set dev lo mtu 1500`);
    const { gone, added } = difference(before, await networkSnapshot(client));
    expect(added).toEqual([
      expect.stringMatching(/^link lo: <LOOPBACK,UP,LOWER_UP> mtu 1500 /),
      'nft table ip t > chain c > udp dport 53 drop',
      'resolver nameserver 192.0.2.1',
      'route4 192.0.2.0/24 via 172.17.3.1 dev eth0 table 51820',
      'rule6 32765: from all fwmark 0x7 lookup 51820',
      'sysctl ipv4/conf/all/src_valid_mark:1',
      'sysctl ipv6/conf/lo/mtu:1500',
    ]);
    expect(gone.map((line) => line.split(' ')[0])).toEqual(['link', 'resolver', 'sysctl', 'sysctl']);
  });

  test('is the same after stock wg-quick has taken a split tunnel up and down', async () => {
    await using stage = await openTwoHosts();
    const { client, profile } = stage;
    const before = await networkSnapshot(client);
    await raiseByQuick(client, profile.name, profile.text);
    expect(difference(before, await networkSnapshot(client)).added).not.toEqual([]);
    await lowerByQuick(client, profile.name);
    expect(difference(before, await networkSnapshot(client))).toEqual(NOTHING);
  });
});
