import { expect, test } from 'vitest';
import { answers } from '../measure.ts';
import { describeInLab } from '../testing.ts';
import { raiseByQuick } from '../wireguard.ts';
import { openSameSubnet } from './same-subnet.ts';

describeInLab('same-subnet', () => {
  test('stands: the PC reaches its router and the internet, and nobody has the addresses of the office', async () => {
    await using stage = await openSameSubnet();
    expect(await answers(stage.client, '172.24.135.1')).toBe(true);
    expect(await answers(stage.client, '203.0.113.10')).toBe(true);
    expect(await answers(stage.client, '172.24.135.45')).toBe(false);
  });

  test('stock wg-quick dies of the route that is there', async () => {
    await using stage = await openSameSubnet();
    const { client, profile } = stage;
    await expect(raiseByQuick(client, profile.name, profile.text)).rejects.toThrow(/File exists/);
  });
});
