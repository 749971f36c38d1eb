import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { keys } from '../contract/tunnels.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { homeConf } from './profiles.ts';
import { asUser } from './users.ts';

const bytes = new TextEncoder().encode(homeConf);

async function storeWith(...names: string[]): Promise<{ store: ProfileStore; folder: string }> {
  const home = temporaryFolder();
  const store = new ProfileStore(home);
  for (const name of names) await store.add(name, bytes);
  return { store, folder: join(home, 'profiles') };
}

async function faultIn(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => faultOf(error),
  );
  if (outcome === null) throw new Error('not refused');
  return outcome;
}

describe('the profiles that are kept', () => {
  it('are none before the first, and nothing is made for them', async () => {
    const home = join(temporaryFolder(), 'none');
    expect(await new ProfileStore(home).all()).toEqual([]);
    expect(() => statSync(home)).toThrow('ENOENT');
  });

  it('come in the order that people expect', async () => {
    const { store } = await storeWith('node10', 'Node9', 'aws', 'node2', 'Zürich', 'azure');
    expect(await store.names()).toEqual(['aws', 'azure', 'node2', 'Node9', 'node10', 'Zürich']);
  });

  it('are just the .conf files of the folder', async () => {
    const { store, folder } = await storeWith('home');
    writeFileSync(join(folder, 'home.json'), '{}');
    writeFileSync(join(folder, '.0123456789abcdef.new'), '[Interface]');
    writeFileSync(join(folder, '.hidden.conf'), homeConf);
    expect(await store.names()).toEqual(['home']);
  });

  it('are not kept from being seen by a folder or a pipe among them', { timeout: 5_000 }, async () => {
    const { store, folder } = await storeWith('home');
    mkdirSync(join(folder, 'folder.conf'));
    expect(spawnSync('mkfifo', [join(folder, 'pipe.conf')]).status).toBe(0);
    expect((await store.all()).map(({ name }) => name)).toEqual(['home']);
  });

  it('are read anew each time: what is in the folder is the truth', async () => {
    const { store, folder } = await storeWith('home');
    writeFileSync(join(folder, 'home.conf'), homeConf.replace('Zuhause', 'Daheim'));
    expect((await store.find('home')).summary().label).toBe('Daheim');
    rmSync(join(folder, 'home.conf'));
    expect(await store.all()).toEqual([]);
  });
});

describe('a profile', () => {
  it('is found by its name, however that is composed, or by its interface', async () => {
    const { store } = await storeWith('Büro München');
    const profile = await store.find('Büro München');
    expect((await store.find('Bu\u0308ro Mu\u0308nchen')).name).toBe('Büro München');
    expect((await store.find(profile.interface)).name).toBe('Büro München');
  });

  it('is found by its name before one that has that interface', async () => {
    const { store } = await storeWith('Büro München');
    const { interface: taken } = await store.find('Büro München');
    await store.add(taken, bytes);
    expect((await store.find(taken)).name).toBe(taken);
  });

  it('that is not there is told of, with those that are', async () => {
    expect(await faultIn((await storeWith()).store.find('home'))).toMatchObject({
      code: 'profile-not-found',
    });
    const { store } = await storeWith('home', 'office');
    for (const name of ['hom', '../home', '', 'home.conf']) {
      const fault = await faultIn(store.find(name));
      expect([fault.code, fault.hint]).toEqual(['profile-not-found', 'There are: home, office.']);
    }
  });

  it('hides its secret keys in its summary and its text, unless the whole text is wanted', async () => {
    const { store } = await storeWith('home');
    const profile = await store.find('home');
    for (const shown of [profile.textWithoutKeys, JSON.stringify(profile.summary())]) {
      expect(shown).not.toContain(keys.private);
      expect(shown).not.toContain(keys.preshared);
    }
    expect(profile.summary()).toMatchObject({ label: 'Zuhause', publicKey: keys.public, errors: 0 });
    expect(profile.text).toBe(homeConf);
  });

  it('is the tunnel that it describes, on its own interface', async () => {
    const { store } = await storeWith('my home');
    const profile = await store.find('my home');
    expect(profile.tunnel()).toMatchObject({
      name: 'my home',
      interface: profile.interface,
      privateKey: keys.private,
      peers: [{ publicKey: keys.peer, name: 'Ali_Server', persistentKeepalive: 25 }],
    });
  });

  it('that lacks its key is no tunnel, and says why', async () => {
    const { store } = await storeWith();
    await store.add('nokey', new TextEncoder().encode(homeConf.replace(/PrivateKey.*\n/, '')));
    const profile = await store.find('nokey');
    expect(() => profile.tunnel()).toThrow(/nokey, line \d+, column \d+/);
  });
});

describe('renaming a profile', () => {
  it('keeps its bytes and its mode', async () => {
    const { store, folder } = await storeWith('home');
    expect(await store.rename(await store.find('home'), ' 办公室 ')).toBe('办公室');
    expect(readdirSync(folder)).toEqual(['办公室.conf']);
    expect(readFileSync(join(folder, '办公室.conf'), 'utf8')).toBe(homeConf);
    expect(statSync(join(folder, '办公室.conf')).mode & 0o777).toBe(0o600);
  });

  it('to its own name changes nothing', async () => {
    const { store } = await storeWith('home');
    expect(await store.rename(await store.find('home'), 'home')).toBe('home');
    expect(await store.names()).toEqual(['home']);
  });

  it('takes nobody’s place, and no name that is none', async () => {
    const { store } = await storeWith('home', 'office');
    const home = await store.find('home');
    expect((await faultIn(store.rename(home, 'office'))).code).toBe('profile-exists');
    for (const name of ['', '../x', '.x', 'x'.repeat(300)])
      expect((await faultIn(store.rename(home, name))).code).toBe('profile-name-invalid');
    expect(await store.names()).toEqual(['home', 'office']);
  });
});

describe('removing a profile', () => {
  it('forgets it, once and for all', async () => {
    const { store, folder } = await storeWith('home', 'office');
    const home = await store.find('home');
    await store.remove(home);
    await store.remove(home);
    expect(readdirSync(folder)).toEqual(['office.conf']);
  });
});

describe('following the profiles', () => {
  it('tells when one comes, changes or goes, by whatever program, until it is ended', async () => {
    const { store, folder } = await storeWith();
    let told = 0;
    const end = await store.watch(() => (told += 1));
    onTestFinished(end);
    const path = join(folder, 'home.conf');
    for (const act of [
      () => writeFileSync(path, homeConf),
      () => writeFileSync(path, `${homeConf}\n`),
      () => rmSync(path),
    ]) {
      const before = told;
      act();
      await expect.poll(() => told).toBeGreaterThan(before);
    }
    end();
    const before = told;
    writeFileSync(path, homeConf);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toBe(before);
  });
});

describe('a state folder that is none', () => {
  it('is told of, whatever is asked', async () => {
    const home = join(temporaryFolder(), 'file');
    writeFileSync(home, '');
    const store = new ProfileStore(home);
    const work = [store.names(), store.all(), store.find('home'), store.add('home', bytes)];
    const faults = await Promise.all(work.map(faultIn));
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['home-unusable']));
  });

  it('is closed to others again, if somebody opened it', async () => {
    const { store, folder } = await storeWith('home');
    chmodSync(folder, 0o755);
    await store.add('office', bytes);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describeWith(['root'], 'a state folder that this user may not use', () => {
  it('is told of, whatever is asked', async () => {
    const { store } = await storeWith('home');
    const faults = await asUser(65_534, () => {
      const work = [store.names(), store.all(), store.find('home'), store.add('office', bytes)];
      return Promise.all(work.map(faultIn));
    });
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['home-unusable']));
    expect(await store.names()).toEqual(['home']);
  });
});
