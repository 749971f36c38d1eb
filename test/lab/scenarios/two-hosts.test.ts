import { expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply } from '../measure.ts';
import { describeInLab } from '../testing.ts';
import { lowerByQuick, raiseByQuick, showPeers } from '../wireguard.ts';
import { openTwoHosts } from './two-hosts.ts';

describeInLab('two-hosts', () => {
  test('works both ways with stock wg-quick, EndPoint spelled so', async () => {
    await using stage = await openTwoHosts();
    const { client, b, profile, reachable } = stage;
    expect(profile.text).toContain('EndPoint = 172.17.3.1:51820');
    expect(await answers(client, '10.0.0.2')).toBe(false);

    await raiseByQuick(client, profile.name, profile.text);
    // B calls first: it knows A's endpoint as A knows B's.
    await firstReply(b, '10.0.0.1');
    for (const { url, caller } of reachable) expect(await callerSeenBy(client, url)).toBe(caller);
    expect((await showPeers(b, 'wg0'))[0]).toMatchObject({
      endpoint: '172.17.3.2:51820',
      allowedIps: ['10.0.0.1/32'],
    });
    await lowerByQuick(client, profile.name);
    expect(await answers(client, '10.0.0.2')).toBe(false);
  });
});
