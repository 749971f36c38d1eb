import { expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply, httpGet } from '../measure.ts';
import { describeInLab } from '../testing.ts';
import { openCalicoMtu } from './calico-mtu.ts';

describeInLab('calico-mtu', () => {
  test('stands: small packets reach the node, large ones vanish without a word', async () => {
    await using stage = await openCalicoMtu();
    const { client, pods, node } = stage;
    expect(await answers(client, '10.240.0.4')).toBe(true);
    const large = ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '0.5', '-M', 'do', '-s', '1373', '10.240.0.4'];
    const { stdout } = await client.run(large, { allowFailure: true });
    expect(stdout).toMatch(/ 0 received/);
    expect(stdout).not.toMatch(/Frag needed/);
    for (const pod of pods)
      expect(await answers(node, pod === pods[0] ? '10.240.0.5' : '10.240.0.6')).toBe(true);
  });

  test('without any tunnel of ours: with 1420 a pod answers, and 300 KiB stall; with 1328 they come', async () => {
    await using stage = await openCalicoMtu();
    const { client, profile } = stage;
    // wg-quick loops here, for the endpoint lies inside its own AllowedIPs: a mark and a route as Calico has them do not.
    const raise = async (mtu: number): Promise<void> => {
      const conf = profile.text.replace(/^Address.*\n/m, '').replace('[Peer]', 'FwMark = 0x200000\n[Peer]');
      await client.write('/etc/wireguard/bare.conf', conf, 0o600);
      await client.shell(`
        wireguard-go bare && wg setconf bare /etc/wireguard/bare.conf
        ip address add 10.240.0.200/32 dev bare && ip link set bare mtu ${mtu} up
        ip route add 10.240.0.0/24 dev bare table 7 && ip rule add not fwmark 0x200000 lookup 7 pref 99`);
    };
    await raise(1420);
    await firstReply(client, '10.240.0.5');
    expect(await callerSeenBy(client, 'http://10.240.0.5/')).toBe('10.240.0.200');
    await expect(httpGet(client, 'http://10.240.0.5/bytes/300000', 3000)).rejects.toThrow(/within 3000 ms/);
    await client.ip('link set bare mtu 1328');
    expect((await httpGet(client, 'http://10.240.0.5/bytes/300000', 10_000)).body.length).toBe(300_000);
  });
});
