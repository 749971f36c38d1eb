import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { homeConf } from '../unit/backend/profiles.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const byDefault = { killSwitch: 'off', allowLan: 'off', dnsDomains: '', mtu: '', exclude: '' };

async function aditWithHome(): Promise<{ adit: Adit; settingsFile: string }> {
  const adit = new Adit();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'home.conf'), homeConf);
  await adit.json('import', folder);
  return { adit, settingsFile: join(adit.home, 'profiles', 'home.json') };
}

describe('adit set', () => {
  it('keeps what was decided beside the .conf, for its owner alone, and shows it', async () => {
    const { adit, settingsFile } = await aditWithHome();
    expect(await adit.json('set', 'home')).toEqual({ name: 'home', settings: byDefault });
    const answer = await adit.json('set', 'home', 'killSwitch=on', 'dnsDomains=cluster.local');
    expect(answer).toEqual({
      name: 'home',
      settings: { ...byDefault, killSwitch: 'on', dnsDomains: 'cluster.local' },
    });
    expect(JSON.parse(readFileSync(settingsFile, 'utf8'))).toEqual({
      killSwitch: true,
      dnsDomains: ['cluster.local'],
    });
    expect(statSync(settingsFile).mode & 0o777).toBe(0o600);
    expect(await adit.json('set', 'home')).toEqual(answer);
  });

  it('goes with the profile to another name, and with it out of the world', async () => {
    const { adit, settingsFile } = await aditWithHome();
    await adit.json('set', 'home', 'mtu=1380');
    await adit.json('rename', 'home', 'office');
    expect(existsSync(settingsFile)).toBe(false);
    expect(await adit.json('set', 'office')).toMatchObject({ settings: { mtu: '1380' } });
    await adit.json('remove', 'office');
    expect(existsSync(join(adit.home, 'profiles', 'office.json'))).toBe(false);
  });

  it('is not inherited by a profile that takes the name of one that was removed by hand', async () => {
    const { adit, settingsFile } = await aditWithHome();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'next.conf'), homeConf);
    writeFileSync(settingsFile.replace('home.json', 'next.json'), '{"killSwitch":true}');
    await adit.json('import', folder);
    expect(await adit.json('set', 'next')).toMatchObject({ settings: byDefault });
  });

  it('refuses a value whole: nothing of the others is kept', async () => {
    const { adit, settingsFile } = await aditWithHome();
    expect(await adit.fault(['set', 'home', 'killSwitch=on', 'mtu=12'])).toMatchObject({
      code: 'setting-invalid',
    });
    expect(existsSync(settingsFile)).toBe(false);
  });

  it('says so where the file is damaged, and takes it for no settings at all', async () => {
    const { adit, settingsFile } = await aditWithHome();
    writeFileSync(settingsFile, '{"killSwitch": tr');
    expect(await adit.fault(['set', 'home'])).toMatchObject({ code: 'settings-unreadable' });
    expect(await adit.fault(['set', 'home', 'mtu=1380'])).toMatchObject({ code: 'settings-unreadable' });
    expect(await adit.json('list')).toMatchObject({ profiles: [{ name: 'home', errors: 1 }] });
  });
});
