import { expect, test } from 'vitest';
import type { NameCheck } from '../../../electron/backend/diagnosis/names.ts';
import { DNS_SERVICE } from '../scenarios/cloud.ts';
import { describeInLab } from '../testing.ts';
import type { AditClient } from './client.ts';
import { clusterDomains, clusterName, openNames } from './names.ts';
import { patient } from './told.ts';

/** What is wrong, by codes. */
async function check(adit: AditClient, ...words: string[]): Promise<NameCheck & { wrong: string[] }> {
  const { stdout, code } = await adit.runInside('cluster', 'names', ...words, '--json');
  const found = JSON.parse(stdout) as NameCheck;
  const wrong = found.findings.map((finding) => finding.code);
  expect(code).toBe(wrong.length === 0 ? 0 : 1);
  return { ...found, wrong };
}

describeInLab('adit cluster names', () => {
  test('tells who answers for a Service, and what stands in the way of it', patient, async () => {
    await using names = await openNames();
    const { adit, stage } = names;
    await adit.done('set', 'clouds', clusterDomains);
    expect((await check(adit, 'clouds')).wrong).toEqual(['tunnel-down']);
    await adit.done('up', 'clouds', '--wait=20');

    const found = await check(adit, 'clouds', 'web');
    const { servers, system } = found;
    expect(found).toMatchObject({ name: clusterName.name, wrong: [] });
    const told = { outcome: 'answered', addresses: [clusterName.address] };
    expect(servers).toMatchObject([{ ...told, server: DNS_SERVICE, tunnel: 'clouds' }]);
    expect(servers[0]?.peer).not.toBeNull();
    expect(system).toMatchObject(told);
    const { stdout } = await adit.runInside('cluster', 'names', 'clouds', 'web');
    expect(stdout).toMatch(/^10\.43\.0\.10 +"clouds", .* 10\.43\.0\.80 \(\d+ ms\)$/m);

    // This cluster's name server has not the name that every other has.
    expect((await check(adit, 'clouds')).wrong).toEqual(['name-unknown']);

    await stage.plugIn('aws', false);
    expect((await check(adit, 'clouds', 'web')).wrong).toEqual(['name-server-silent']);
    await stage.plugIn('aws', true);
    await adit.done('down', 'clouds');

    // Without the search domain that the other profile has, which is the cluster's too.
    const text = stage.profile.text.replace(/^Address = .*$/m, (line) => `${line}\nDNS = ${DNS_SERVICE}`);
    await adit.import('apart', text);
    await adit.done('set', 'apart', 'dnsDomains=elsewhere.example');
    await adit.done('up', 'apart', '--wait=20');
    expect((await check(adit, 'apart', clusterName.name)).wrong).toEqual(['name-not-sent']);
  });

  test('warns of a name server that no AllowedIPs hold, and of a profile without one', patient, async () => {
    await using names = await openNames();
    const { adit, stage } = names;
    const bare = stage.profile.text.replace(', 10.43.0.0/16', '');
    await adit.import(
      'bare',
      bare.replace(/^Address = .*$/m, (line) => `${line}\nDNS = ${DNS_SERVICE}`),
    );
    await adit.import('mute', bare);
    await adit.done('set', 'bare', clusterDomains);
    await adit.done('up', 'bare');
    const { wrong } = await check(adit, 'bare', 'web');
    expect(wrong).toContain('name-server-outside');
    await adit.done('down', 'bare');
    await adit.done('up', 'mute');
    expect((await check(adit, 'mute', 'web')).wrong).toEqual(['name-server-unset']);
  });
});
