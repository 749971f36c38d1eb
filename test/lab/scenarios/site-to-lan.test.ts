import { expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply } from '../measure.ts';
import { describeInLab } from '../testing.ts';
import { raiseByQuick, showPeers } from '../wireguard.ts';
import { openSiteToLan } from './site-to-lan.ts';

describeInLab('site-to-lan', () => {
  test("stands: the company's server and the relay have shaken hands, the PC reaches nothing yet", async () => {
    await using stage = await openSiteToLan();
    const { relay, server, client } = stage;
    expect(await answers(server, '10.200.200.2')).toBe(true);
    expect(await answers(relay, '172.24.135.45')).toBe(true);
    // wireguard-go lists peers in no order.
    const peers = await showPeers(relay, 'wg0');
    expect(
      Object.fromEntries(peers.map((peer) => [peer.allowedIps.join(), peer.latestHandshake > 0])),
    ).toEqual({
      '10.200.200.11/32': false,
      '10.200.200.47/32,172.24.135.0/24': true,
    });
    expect(await answers(client, '203.0.113.10')).toBe(true);
    expect(await answers(client, '172.24.135.45')).toBe(false);
  });

  test('works with stock wg-quick', async () => {
    await using stage = await openSiteToLan();
    const { client, profile, reachable, server } = stage;
    await raiseByQuick(client, profile.name, profile.text);
    await firstReply(client, '172.24.135.45');
    for (const { url, caller } of reachable) expect(await callerSeenBy(client, url)).toBe(caller);
    expect(await answers(server, '10.200.200.11')).toBe(true);
  });

  test('needs what the seed says: the relay forwards between tunnels, and the server masquerades', async () => {
    await using stage = await openSiteToLan();
    const { client, profile, relay, server } = stage;
    await raiseByQuick(client, profile.name, profile.text);
    await firstReply(client, '172.24.135.45');
    await server.run(['nft', 'flush', 'chain', 'ip', 'nat', 'POSTROUTING']);
    expect(await answers(client, '172.24.135.45')).toBe(false);
    expect(await answers(client, '172.24.135.46')).toBe(true);
    await relay.run(['nft', 'flush', 'chain', 'ip', 'filter', 'FORWARD']);
    expect(await answers(client, '172.24.135.46')).toBe(false);
    expect(await answers(client, '10.200.200.2')).toBe(true);
  });
});
