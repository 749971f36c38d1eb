import { describe, expect, it } from 'vitest';
import { UplinkServers } from '../../../electron/helper/endpoints/uplink-servers.ts';

/** What is found of servers when these are read one time after the other. */
async function found(...readings: readonly (readonly string[])[]): Promise<string[][]> {
  const rest = [...readings];
  const uplink = new UplinkServers(() => Promise.resolve(rest.shift() ?? []));
  const results = [];
  while (rest.length > 0) results.push([...(await uplink.now())]);
  return results;
}

describe('the name servers of the uplink', () => {
  it('are those in use, anew each time', async () => {
    const readings = [['192.168.1.1'], ['192.168.2.1', 'fe80::1%eth0']];
    expect(await found(...readings)).toEqual(readings);
  });

  it('are remembered while there are none, or only what asks us', async () => {
    expect(await found(['192.168.1.1'], [], ['127.20.53.1'])).toEqual(Array(3).fill(['192.168.1.1']));
  });

  it('are those behind a stub where they are known, and the stub where not', async () => {
    expect(await found(['127.0.0.53', '192.168.1.1'], ['127.0.0.1'], ['::1'])).toEqual([
      ['192.168.1.1'],
      ['127.0.0.1'],
      ['::1'],
    ]);
  });
});
