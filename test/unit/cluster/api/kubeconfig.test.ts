import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessOf } from '../../../../electron/backend/cluster/api/access.ts';
import { proxyFor } from '../../../../electron/backend/cluster/api/proxy.ts';
import { chooseContext } from '../../../../electron/backend/cluster/kubeconfig/choose.ts';
import { readKubeconfig } from '../../../../electron/backend/cluster/kubeconfig/kubeconfig.ts';
import { kubeconfigPlaces } from '../../../../electron/backend/cluster/kubeconfig/places.ts';
import { faultOf } from '../../../../shared/fault.ts';
import { alone, configOf, folderWith, selfSigned, whyNoKubectl } from './kubeconfigs.ts';

const pair = selfSigned();
const other = selfSigned('other');

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Two kubeconfigs that contradict each other, with files beside them. */
function contradicting(): string {
  return folderWith({
    'a/config': {
      clusters: [
        { name: 'one', cluster: { server: 'https://a.example:6443', 'certificate-authority': 'pki/ca.crt' } },
      ],
      users: [{ name: 'me', user: { 'client-certificate': 'pki/me.crt', 'client-key': 'pki/me.key' } }],
      contexts: [{ name: 'first', context: { cluster: 'one', user: 'me' } }],
    },
    'a/pki/ca.crt': pair.certificate,
    'a/pki/me.crt': pair.certificate,
    'a/pki/me.key': pair.key,
    'b/config': {
      clusters: [
        {
          name: 'one',
          cluster: {
            server: 'https://b.example:6443',
            'insecure-skip-tls-verify': true,
            'tls-server-name': 'x',
          },
        },
        {
          name: 'two',
          cluster: {
            server: 'https://b.example:6443/k8s/clusters/c-1',
            'certificate-authority-data': base64(other.certificate),
            'tls-server-name': 'kubernetes',
          },
        },
      ],
      users: [
        { name: 'me', user: { token: 'of-b' } },
        { name: 'you', user: { token: 'yours' } },
      ],
      contexts: [
        { name: 'first', context: { cluster: 'two', user: 'you' } },
        { name: 'second', context: { cluster: 'two', user: 'you' } },
      ],
      'current-context': 'second',
    },
    'c/config': { 'current-context': 'first' },
  });
}

async function chosen(environment: NodeJS.ProcessEnv, context: string | null = null): Promise<unknown> {
  const choice = chooseContext(await readKubeconfig(kubeconfigPlaces(null, environment)), context);
  const access = await accessOf(choice, alone);
  const { authorization, certificate } = await access.login.credentials();
  return {
    server: access.server.href.replace(/\/$/, ''),
    authority: access.authority,
    insecure: access.isInsecure,
    serverName: access.tlsServerName,
    authorization,
    certificate: certificate?.certificate ?? null,
    key: certificate?.key ?? null,
  };
}

/** What kubectl makes of the same files. */
function judged(environment: NodeJS.ProcessEnv, context: string | null): unknown {
  const words = ['config', 'view', '--flatten', '--minify', '-o', 'json'];
  const view = JSON.parse(
    execFileSync('kubectl', [...words, ...(context === null ? [] : ['--context', context])], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    }),
  ) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const [{ cluster }] = view.clusters;
  const [{ user }] = view.users;
  const text = (data: string | undefined): string | null =>
    data === undefined ? null : Buffer.from(data, 'base64').toString();
  return {
    server: cluster['server'],
    authority: text(cluster['certificate-authority-data']),
    insecure: Boolean(cluster['insecure-skip-tls-verify'] ?? false),
    serverName: cluster['tls-server-name'] ?? null,
    authorization: user['token'] === undefined ? null : `Bearer ${user['token']}`,
    certificate: text(user['client-certificate-data']),
    key: text(user['client-key-data']),
  };
}

const noKubectl = whyNoKubectl();

describe.skipIf(noKubectl !== null)(
  `a kubeconfig is what kubectl makes of it${noKubectl === null ? '' : ` [skipped: ${noKubectl}]`}`,
  () => {
    it.each([
      [['a', 'b'], null],
      [['a', 'b'], 'first'],
      [['b', 'a'], 'first'],
      [['b', 'a'], null],
      [['a', 'b', 'c'], null],
      [['c', 'a', 'b'], null],
      [['nowhere', 'b', 'a', 'b'], 'second'],
    ])('where KUBECONFIG lists %j, and the context is %j', async (folders, context) => {
      const at = contradicting();
      const KUBECONFIG = folders.map((folder) => join(at, folder, 'config')).join(':');
      expect(await chosen({ KUBECONFIG }, context)).toEqual(judged({ KUBECONFIG }, context));
    });
  },
);

describe('a kubeconfig', () => {
  const faultIn = async (config: unknown, context: string | null = null): Promise<string> => {
    const at = join(folderWith({ config }), 'config');
    try {
      await accessOf(chooseContext(await readKubeconfig(kubeconfigPlaces(at, {})), context), alone);
      return 'none';
    } catch (error) {
      return faultOf(error).code;
    }
  };
  const secure = { server: 'https://x', 'insecure-skip-tls-verify': true };
  const secret = {
    'client-certificate-data': base64(pair.certificate),
    'client-key-data': base64(pair.key),
  };

  it.each<[string, unknown, string?]>([
    ['none', configOf(secure, secret)],
    ['kubeconfig-context-unknown', configOf(secure), 'there'],
    ['kubeconfig-context-unknown', ''],
    ['kubeconfig-context-unknown', { clusters: null }],
    ['kubeconfig-malformed', 'a: [b'],
    ['kubeconfig-malformed', 'just words'],
    ['kubeconfig-malformed', { kind: 'List', items: [] }],
    ['kubeconfig-malformed', { contexts: {} }],
    ['kubeconfig-malformed', { contexts: [{ context: {} }] }],
    ['kubeconfig-malformed', { users: [{ name: 'u' }, { name: 'u' }] }],
    ['kubeconfig-malformed', configOf({ server: 7 })],
    ['kubeconfig-malformed', configOf({ server: 'https://' })],
    ['kubeconfig-malformed', configOf({ server: 'ftp://x' })],
    ['kubeconfig-malformed', configOf({ server: 'https://x', 'certificate-authority-data': '!' })],
    ['kubeconfig-malformed', configOf(secure, { exec: { args: [] } })],
    ['kubeconfig-incomplete', configOf({})],
    ['kubeconfig-incomplete', configOf(secure, { 'client-key-data': base64(pair.key) })],
    [
      'kubeconfig-incomplete',
      { contexts: [{ name: 'here', context: { cluster: 'x' } }], 'current-context': 'here' },
    ],
    ['kubeconfig-file-unusable', configOf({ server: 'https://x', 'certificate-authority': 'ca.crt' })],
    ['kubeconfig-file-unusable', configOf(secure, { tokenFile: 'token' })],
    ['none', configOf(secure, { tokenFile: 'token', token: 'x' })],
    [
      'kubeconfig-certificate-invalid',
      configOf({ server: 'https://x', 'certificate-authority-data': base64('ca') }),
    ],
    ['kubeconfig-certificate-invalid', configOf(secure, { ...secret, 'client-key-data': base64(other.key) })],
    ['kubeconfig-unsupported', configOf(secure, { 'auth-provider': { name: 'gcp' } })],
    ['kubeconfig-unsupported', configOf(secure, { token: 'a\r\nX: y' })],
    ['kubeconfig-unsupported', configOf({ ...secure, 'proxy-url': 'ftp://proxy' })],
    ['kubeconfig-malformed', configOf(secure, { ...secret, as: 'a\r\nX: y' })],
    ['kubeconfig-malformed', configOf(secure, { tokenFile: 'a\0b' })],
    ['kubeconfig-malformed', configOf(secure, { exec: { command: 'login', args: ['a\0b'] } })],
    ['kubeconfig-malformed', configOf(secure, { ...secret, as: 'a', 'as-user-extra': { k: ['\u0000'] } })],
  ])('says %s of %j', async (code, config, context) => {
    expect(await faultIn(config, context ?? null)).toBe(code);
  });

  it.each<[string, (text: string) => Buffer | string]>([
    ['UTF-16, as PowerShell saves it', (text) => Buffer.from(`\u{feff}${text}`, 'utf16le')],
    ['UTF-16, the other way round', (text) => Buffer.from(`\u{feff}${text}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', (text) => `\u{feff}${text}`],
    ['a key that is there twice', (text) => text.replace('"kind":', '"kind":"Config","kind":')],
    [
      'a map that takes in another',
      () =>
        'clusters: [{name: d, cluster: &d {server: "https://x"}}, {name: c, cluster: {<<: *d}}]\ncurrent-context: here\ncontexts: [{name: here, context: {cluster: c}}]',
    ],
  ])('is read as kubectl reads it in %s', async (_, written) => {
    const at = join(folderWith({ config: '' }), 'config');
    writeFileSync(at, written(JSON.stringify(configOf({ server: 'https://x' }))));
    const choice = chooseContext(await readKubeconfig(kubeconfigPlaces(at, {})), null);
    expect(choice.cluster.server).toBe('https://x');
  });

  it('has whom it acts as in the bytes that kubectl sends', async () => {
    const acting = { ...secret, as: 'Łukasz', 'as-groups': ['a', 'ö'], 'as-user-extra': { 'a(/b': ['c'] } };
    const at = join(folderWith({ config: configOf(secure, acting) }), 'config');
    const choice = chooseContext(await readKubeconfig(kubeconfigPlaces(at, {})), null);
    const { headers } = await accessOf(choice, alone);
    const sent = headers.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString()]);
    expect(sent).toEqual([
      ['Impersonate-User', 'Łukasz'],
      ['Impersonate-Group', 'a'],
      ['Impersonate-Group', 'ö'],
      ['Impersonate-Extra-a%28%2Fb', 'c'],
    ]);
    expect(() => new Headers(headers.map(([name, value]): [string, string] => [name, value]))).not.toThrow();
  });

  it('has the last word over the files that it names', async () => {
    const data = { 'certificate-authority-data': base64(other.certificate) };
    const cluster = { server: 'https://x', 'certificate-authority': '/nowhere/ca.crt', ...data };
    const at = join(folderWith({ config: configOf(cluster) }), 'config');
    const choice = chooseContext(await readKubeconfig(kubeconfigPlaces(at, {})), null);
    expect((await accessOf(choice, alone)).authority).toBe(other.certificate);
  });

  it('that is named has to be there, and of those that are listed one', async () => {
    const at = folderWith({ config: configOf(secure) });
    const read = (named: string | null, KUBECONFIG: string): Promise<unknown> =>
      readKubeconfig(kubeconfigPlaces(named, { KUBECONFIG }));
    await expect(read(join(at, 'none'), join(at, 'config'))).rejects.toThrow('There is no kubeconfig');
    await expect(read(null, `:${join(at, 'none')}`)).rejects.toThrow('There is no kubeconfig');
    await expect(read(null, `${join(at, 'none')}:${join(at, 'config')}:`)).resolves.toMatchObject({
      currentContext: 'here',
    });
  });

  it('tells nobody who the user is where the connection is not encrypted', async () => {
    const at = join(folderWith({ config: configOf({ server: 'http://x' }, { token: 'secret' }) }), 'config');
    const choice = chooseContext(await readKubeconfig(kubeconfigPlaces(at, {})), null);
    expect(await (await accessOf(choice, alone)).login.credentials()).toEqual({
      authorization: null,
      certificate: null,
    });
  });
});

describe('a proxy of the environment', () => {
  const environment = {
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: '.inside.example, 10.0.0.0/8,[fd00::1], plain.example:8443',
  };

  it.each([
    ['https://api.example', 'http://proxy:3128'],
    ['http://api.example', null],
    ['https://a.inside.example', null],
    ['https://inside.example', 'http://proxy:3128'],
    ['https://10.3.4.5:6443', null],
    ['https://11.3.4.5:6443', 'http://proxy:3128'],
    ['https://[fd00::1]:6443', null],
    ['https://plain.example:8443', null],
    ['https://plain.example', 'http://proxy:3128'],
    ['https://localhost:6443', null],
    ['https://127.0.0.1:6443', null],
  ])('for %s is %s', (server, proxy) => {
    expect(proxyFor(new URL(server), environment)).toBe(proxy);
  });
});
