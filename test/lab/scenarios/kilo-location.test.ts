import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply, httpGet, lookUp } from '../measure.ts';
import { describeInLab } from '../testing.ts';
import { showPeers } from '../wireguard.ts';
import type { KiloLocation } from './kilo-location.ts';
import { LOCATION_NODES, openKiloLocation } from './kilo-location.ts';

describeInLab('kilo-location', () => {
  let stage: KiloLocation;

  beforeAll(async () => {
    stage = await openKiloLocation();
  });
  afterAll(() => stage.lab.close());

  test('stands: pods reach each other, those behind a leader too, with their own addresses', async () => {
    const { nodes, lab } = stage;
    const inMesh = LOCATION_NODES.filter((name) => name !== 'm4').map((name) => nodes[name]);
    for (const from of inMesh) {
      const pod = lab.host(`${from.name}-pod`);
      for (const to of inMesh) {
        if (from === to) continue;
        await firstReply(pod, to.podAddress);
        expect(await callerSeenBy(pod, `http://${to.podAddress}/`)).toBe(from.podAddress);
      }
      expect(JSON.parse((await httpGet(pod, 'http://10.43.0.80/')).body)).toMatchObject({ host: 'm2-pod' });
      expect(await lookUp(pod, '10.43.0.10', 'web.default.svc.cluster.local')).toEqual(['10.43.0.80']);
    }
  });

  test('stands: only leaders have peers', async () => {
    const { hosts } = stage;
    const counts = await Promise.all(
      LOCATION_NODES.map(async (name) => [name, (await showPeers(hosts[name], 'kilo0')).length]),
    );
    // The two other locations, and the laptop.
    expect(Object.fromEntries(counts)).toEqual({ m1: 3, m2: 0, m3: 3, m4: 0, m5: 3, m6: 0 });
  });

  test('stands: the laptop reaches the leaders’ LAN of gcp, and no pod', async () => {
    const { client } = stage;
    expect(await callerSeenBy(client, 'http://172.24.135.45/')).toBe('203.0.113.20');
    expect(await answers(client, '10.190.0.10')).toBe(false);
  });
});
