import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { App } from '../../../electron/backend/app.ts';
import type { Places } from '../../../electron/backend/environment.ts';
import { tunnelMessage } from '../../../shared/contract/helper/messages.ts';
import { hiddenKey } from '../../../shared/contract/ui/verbs.ts';
import type { UiChange, UiReply, UiVerb } from '../../../shared/contract/ui/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import { noScripts } from '../../../shared/tunnel/scripts.ts';
import type { TunnelScripts } from '../../../shared/tunnel/scripts.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { keys } from '../contract/tunnels.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { helperAt } from './helpers.ts';
import { confWith, homeConf } from './profiles.ts';
import { zipOf } from './zips.ts';

interface Running {
  readonly app: App;
  readonly places: Places;
  readonly changes: UiChange[];
  /** Asks, and gives the result. @throws what is refused */
  readonly done: (verb: UiVerb, params: unknown) => Promise<unknown>;
  /** Asks, and gives the code of the fault. */
  readonly fault: (verb: string, params: unknown) => Promise<string>;
}

function running(): Running {
  const home = temporaryFolder();
  const places = { home, socket: join(temporaryFolder(), 'helper.sock') };
  const app = new App(places);
  onTestFinished(() => app.stop());
  const changes: UiChange[] = [];
  app.onChange((change) => changes.push(change));
  const answer = (verb: string, params: unknown): Promise<UiReply<UiVerb>> => app.answer(verb, params);
  return {
    app,
    places,
    changes,
    done: async (verb, params) => {
      const reply = await answer(verb, params);
      if (!reply.ok) throw new Error(`${verb}: ${reply.fault.code}`);
      return reply.result;
    },
    fault: async (verb, params) => {
      const reply = await answer(verb, params);
      return reply.ok ? 'none' : reply.fault.code;
    },
  };
}

function fileOf(name: string, text: string): { name: string; base64: string } {
  return { name, base64: Buffer.from(text).toString('base64') };
}

const kept = { files: [fileOf('home.conf', homeConf)] };

describe('the app process, asked by its interface', () => {
  it.each(['state.write', '', 'toString', '__proto__', 'constructor', 'state.read '])(
    'knows no verb %j',
    async (verb) => {
      const { fault } = running();
      expect(await fault(verb, {})).toBe('request-invalid');
    },
  );

  it('takes no question that is not as the contract has it', async () => {
    const { fault, done } = running();
    await done('profile.import', kept);
    expect(await fault('profile.text', { name: 'home', reveal: 'yes' })).toBe('request-invalid');
    expect(await fault('profile.text', { name: 'home', reveal: true, path: '/etc/shadow' })).toBe(
      'request-invalid',
    );
    expect(await fault('profile.remove', 'home')).toBe('request-invalid');
    expect(await fault('state.read', null)).toBe('request-invalid');
    expect(await fault('profile.text', { name: 'home', reveal: false })).toBe('none');
  });

  it('imports each file whole or not at all, and says so for each', async () => {
    const { done, places } = running();
    const outcomes = (await done('profile.import', {
      files: [fileOf('a.conf', homeConf), fileOf('b.conf', 'nonsense'), fileOf('../../a.conf', homeConf)],
    })) as { kind: string; error?: { code: string } }[];
    expect(outcomes.map(({ kind, error }) => error?.code ?? kind)).toEqual([
      'imported',
      'line-unrecognized',
      'profile-exists',
    ]);
    expect(readFileSync(join(places.home, 'profiles', 'a.conf'), 'utf8')).toBe(homeConf);
  });

  it('imports wg-gen-web’s files that are given together, by the folder they are of', async () => {
    const { done, places } = running();
    const server = (host: string) => JSON.stringify({ publicKey: keys.peer, endpoint: `${host}:51820` });
    const client = (name: string) =>
      JSON.stringify({
        name,
        address: ['10.0.0.5/32'],
        privateKey: keys.private,
        allowedIPs: ['10.0.0.1/32'],
      });
    const id = '6f3a1c52-0c9e-4c2f-9d1a-0a5b6c7d8e9f';
    const files = [
      fileOf('home.conf', homeConf),
      fileOf(`office/${id}`, client('office')),
      fileOf(`cloud/${id}`, client('cloud')),
      fileOf('office/server.json', server('office.example')),
      fileOf('cloud/server.json', server('cloud.example')),
      fileOf(id, client('alone')),
    ];
    expect(await done('profile.import', { files })).toMatchObject([
      { kind: 'imported', file: `office/${id}`, name: 'office' },
      { kind: 'imported', file: `cloud/${id}`, name: 'cloud' },
      { kind: 'imported', name: 'home' },
      { kind: 'refused', file: id, error: { code: 'wg-gen-web-incomplete' } },
    ]);
    expect(readFileSync(join(places.home, 'profiles', 'cloud.conf'), 'utf8')).toContain(
      'cloud.example:51820',
    );
  });

  it('imports a .zip and a picture of a QR code as well, by their bytes', async () => {
    const { done } = running();
    const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'qr');
    const picture = readFileSync(join(fixtures, 'photo.jpg'));
    const zip = zipOf({ name: 'a.conf', contents: homeConf }, { name: 'b.conf', contents: 'nonsense' });
    const outcomes = (await done('profile.import', {
      files: [
        { name: 'all.zip', base64: zip.toString('base64') },
        { name: 'photo.jpg', base64: picture.toString('base64') },
      ],
    })) as { file: string; kind: string; name?: string }[];
    expect(outcomes.map(({ file, kind, name }) => [file, name ?? kind])).toEqual([
      ['all.zip/a.conf', 'a'],
      ['all.zip/b.conf', 'refused'],
      ['photo.jpg', 'photo'],
    ]);
    expect(await done('profile.text', { name: 'photo', reveal: true })).toBe(
      readFileSync(join(fixtures, 'office.conf'), 'utf8'),
    );
  });

  it('diagnoses, and finds that the helper is not there; of what is no address it says so', async () => {
    const { done, fault } = running();
    await done('profile.import', kept);
    expect(await done('tunnel.diagnose', { name: 'home', address: '10.43.0.80:80' })).toMatchObject({
      tunnel: 'home',
      address: '10.43.0.80:80',
      probes: [],
      findings: [{ code: 'helper-not-running', severity: 'error' }],
    });
    expect(await fault('tunnel.diagnose', { name: 'home', address: 'no address' })).toBe(
      'destination-invalid',
    );
    expect(await fault('tunnel.diagnose', { name: 'nobody', address: null })).toBe('profile-not-found');
  });

  it('restores damaged text where it is asked to, and changes nothing else', async () => {
    const { done, fault, places } = running();
    const damaged = homeConf.replace('Zuhause', 'BÃ¼ro').replaceAll('\n', '\r\n');
    await done('profile.import', { files: [fileOf('home.conf', damaged), fileOf('good.conf', homeConf)] });
    await done('profile.restore', { name: 'home' });
    await done('profile.restore', { name: 'good' });
    const textOf = (name: string): string =>
      readFileSync(join(places.home, 'profiles', `${name}.conf`), 'utf8');
    expect(textOf('home')).toBe(damaged.replace('BÃ¼ro', 'Büro'));
    expect(textOf('good')).toBe(homeConf);
    expect(await fault('profile.restore', { name: 'none' })).toBe('profile-not-found');
  });

  it('tells no secret of a profile, unless it is told to reveal it', async () => {
    const { done } = running();
    await done('profile.import', kept);
    const hidden = String(await done('profile.text', { name: 'home', reveal: false }));
    const everything = JSON.stringify(await done('state.read', {}));
    for (const shown of [hidden, everything]) {
      expect(shown).not.toContain(keys.private);
      expect(shown).not.toContain(keys.preshared);
    }
    expect(hidden).toContain(`PrivateKey = ${hiddenKey}`);
    expect(hidden).toContain(keys.peer);
    expect(await done('profile.text', { name: 'home', reveal: true })).toBe(homeConf);
  });

  it('renames and removes', async () => {
    const { done, fault } = running();
    await done('profile.import', kept);
    expect(await done('profile.rename', { name: 'home', newName: '家' })).toBeNull();
    expect(await fault('profile.rename', { name: 'home', newName: 'x' })).toBe('profile-not-found');
    expect(await fault('profile.rename', { name: '家', newName: '../x' })).toBe('profile-name-invalid');
    expect(await done('profile.remove', { name: '家' })).toBeNull();
    expect(await done('state.read', {})).toMatchObject({ profiles: [] });
  });

  it('says that no helper runs, where one is needed', async () => {
    const { app, done, fault } = running();
    await done('profile.import', kept);
    expect(await fault('tunnel.up', { name: 'home', accept: [] })).toBe('helper-not-running');
    await app.start();
    expect(await fault('tunnel.up', { name: 'home', accept: [] })).toBe('helper-not-running');
    expect((await app.state()).helper).toMatchObject({
      kind: 'unavailable',
      fault: { code: 'helper-not-running' },
    });
  });
});

describe('the app process, following the profiles', () => {
  it('tells of a change once, when the burst is over', async () => {
    const { app, places, changes } = running();
    await app.start();
    changes.length = 0;
    for (const name of ['a', 'b', 'c'])
      writeFileSync(join(places.home, 'profiles', `${name}.conf`), homeConf);
    const told = (): string[] =>
      changes.map((change) =>
        change.kind === 'profiles' ? change.profiles.map(({ name }) => name).join(' ') : change.kind,
      );
    await expect.poll(told).toEqual(['a b c']);
    rmSync(join(places.home, 'profiles', 'b.conf'));
    await expect.poll(told).toEqual(['a b c', 'a c']);
  });

  it('lives on where the profiles cannot be read any more, and tells who asks', async () => {
    const { app, places, fault } = running();
    await app.start();
    const failures: unknown[] = [];
    const note = (reason: unknown): void => void failures.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => {
      process.off('unhandledRejection', note);
    });
    writeFileSync(join(places.home, 'profiles', 'home.conf'), homeConf);
    rmSync(join(places.home, 'profiles'), { recursive: true });
    writeFileSync(join(places.home, 'profiles'), 'a file now');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(failures).toEqual([]);
    expect(await fault('state.read', {})).toBe('home-unusable');
  });
});

describeWith(['root'], 'the app process, with a helper', () => {
  it('hands over the tunnel of a profile, parsed', async () => {
    const { app, places, done } = running();
    const seen: Tunnel[] = [];
    await helperAt(places.socket, {
      up: ({ tunnel }) => {
        seen.push(tunnel);
        return Promise.resolve(tunnelStatus({ name: tunnel.name, interface: tunnel.interface }));
      },
    });
    await done('profile.import', kept);
    await app.start();
    expect(await done('tunnel.up', { name: 'home', accept: [] })).toMatchObject({ name: 'home' });
    expect(seen).toMatchObject([{ name: 'home', privateKey: keys.private, scripts: noScripts }]);
    expect(Object.keys(seen[0] ?? {}).sort()).toEqual(Object.keys(tunnelMessage.shape).sort());
  });

  it('leaves it to the helper whether scripts run, and tells it what the person has accepted', async () => {
    const { app, places, done, fault } = running();
    const seen: { scripts: TunnelScripts; accept: readonly string[] }[] = [];
    await helperAt(places.socket, {
      up: ({ tunnel, accept }) => {
        seen.push({ scripts: tunnel.scripts, accept });
        if (accept.includes('scripts-refused')) return Promise.resolve(tunnelStatus());
        return Promise.reject(new FaultError({ code: 'scripts-refused', message: 'No.', hint: 'Decide.' }));
      },
    });
    await done('profile.import', { files: [fileOf('home.conf', confWith('PostUp = touch /tmp/owned'))] });
    await app.start();
    expect(await fault('tunnel.up', { name: 'home', accept: [] })).toBe('scripts-refused');
    await done('tunnel.up', { name: 'home', accept: ['scripts-refused'] });
    const scripts = { ...noScripts, PostUp: ['touch /tmp/owned'] };
    expect(seen).toEqual([
      { scripts, accept: [] },
      { scripts, accept: ['scripts-refused'] },
    ]);
  });

  it('takes down by name or interface, and says when there is nothing to take down', async () => {
    const { app, places, done, fault } = running();
    const gone: (string | null)[] = [];
    const standing = tunnelStatus({ name: 'my office', interface: 'my-offic-0' });
    await helperAt(places.socket, {
      status: () => Promise.resolve([standing]),
      down: ({ interface: name }) => {
        gone.push(name);
        return Promise.resolve([]);
      },
    });
    await done('profile.import', kept);
    await app.start();
    await done('tunnel.down', { name: 'my office' });
    await done('tunnel.down', { name: 'my-offic-0' });
    expect(gone).toEqual(['my-offic-0', 'my-offic-0']);
    expect(await fault('tunnel.down', { name: 'home' })).toBe('tunnel-not-up');
    expect(await fault('tunnel.down', { name: 'nobody' })).toBe('profile-not-found');
  });

  it('neither renames nor removes a profile whose tunnel is up', async () => {
    const { places, done, fault } = running();
    await helperAt(places.socket, { status: () => Promise.resolve([tunnelStatus()]) });
    await done('profile.import', { files: [fileOf('home.conf', homeConf), fileOf('office.conf', homeConf)] });
    expect(await fault('profile.rename', { name: 'home', newName: 'x' })).toBe('profile-is-up');
    expect(await fault('profile.remove', { name: 'home' })).toBe('profile-is-up');
    expect(await fault('profile.remove', { name: 'office' })).toBe('none');
  });

  it('passes on what the helper tells', async () => {
    const { app, places, changes } = running();
    const helper = await helperAt(places.socket, { watch: () => Promise.resolve([tunnelStatus()]) });
    await app.start();
    helper.tell({ interface: 'home', head: null });
    await expect.poll(() => changes.map(({ kind }) => kind)).toEqual(['helper', 'tunnels', 'tunnel']);
    expect((await app.state()).tunnels).toEqual([]);
  });
});

describe('a folder of profiles that cannot be made', () => {
  it('keeps the app from starting, by name', async () => {
    const home = join(temporaryFolder(), 'file');
    writeFileSync(home, '');
    await expect(new App({ home, socket: '/nonexistent/x.sock' }).start()).rejects.toMatchObject({
      fault: { code: 'home-unusable' },
    });
    const open = temporaryFolder();
    mkdirSync(join(open, 'profiles'));
    chmodSync(join(open, 'profiles'), 0o777);
    const app = new App({ home: open, socket: '/nonexistent/x.sock' });
    await app.start();
    app.stop();
  });
});
