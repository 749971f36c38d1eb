import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply, httpGet, lookUp } from '../measure.ts';
import { describeInLab } from '../testing.ts';
import { lowerByQuick, raiseByQuick } from '../wireguard.ts';
import { CLOUD_NAMES } from './cloud.ts';
import type { FourClouds } from './four-clouds.ts';
import { openFourClouds } from './four-clouds.ts';

describeInLab('four-clouds', () => {
  let stage: FourClouds;

  beforeAll(async () => {
    stage = await openFourClouds();
  });
  afterAll(() => stage.lab.close());

  test('stands: pods reach each other over kilo0 with their own addresses', async () => {
    const { clouds, pods } = stage;
    for (const from of clouds) {
      for (const to of clouds) {
        if (from === to) continue;
        const pod = pods[from.name];
        await firstReply(pod, to.podAddress);
        expect(await callerSeenBy(pod, `http://${to.podAddress}/`)).toBe(from.podAddress);
      }
    }
  });

  test('stands: pods use Services, and nodes reach each other over wg0', async () => {
    const { nodes, pods, clouds } = stage;
    for (const name of CLOUD_NAMES) {
      expect(JSON.parse((await httpGet(pods[name], 'http://10.43.0.80/')).body)).toMatchObject({
        host: 'azure-pod',
      });
      expect(await lookUp(pods[name], '10.43.0.10', 'web.default.svc.cluster.local')).toEqual(['10.43.0.80']);
    }
    for (const { wgAddress } of clouds.slice(1)) await firstReply(nodes.aws, wgAddress);
  });

  test('stands: the laptop resolves names on its LAN and reaches no pod', async () => {
    const { client } = stage;
    expect(await lookUp(client, '192.168.1.1', 'intranet.corp')).toEqual(['192.168.1.20']);
    expect(await lookUp(client, '192.168.1.1', 'web.default.svc.cluster.local')).toEqual([]);
    expect((await client.run(['getent', 'ahostsv4', 'azure.com'])).stdout).toContain('203.0.113.2');
    expect(await answers(client, '10.42.0.10')).toBe(false);
  });

  test('with stock wg-quick, every pod answers through its own node, and the Services through aws', async () => {
    const { client, profile, reachable } = stage;
    await raiseByQuick(client, profile.name, profile.text);
    for (const { url, caller } of reachable) {
      await firstReply(client, '10.0.0.1');
      expect(await callerSeenBy(client, url)).toBe(caller);
    }
    expect(await lookUp(client, '10.43.0.10', 'web.default.svc.cluster.local')).toEqual(['10.43.0.80']);
  });

  test("without aws's masquerade a Service on another node is out of reach", async () => {
    const { client } = stage;
    await stage.masqueradeServices(false);
    await expect(httpGet(client, 'http://10.43.0.80/', 1000)).rejects.toThrow(/within 1000 ms/);
    await stage.masqueradeServices(true);
    expect(await callerSeenBy(client, 'http://10.43.0.80/')).toBe('10.4.0.1');
  });

  test('one node off the internet costs its own pods and no others', async () => {
    const { client, clouds } = stage;
    await stage.plugIn('gcp', false);
    for (const { name, podAddress } of clouds) expect(await answers(client, podAddress)).toBe(name !== 'gcp');
    await stage.plugIn('gcp', true);
    await firstReply(client, '10.42.2.10');
    await lowerByQuick(client, stage.profile.name);
  });
});
