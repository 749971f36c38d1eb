import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AllowedPlugins } from '../../../../electron/backend/cluster/exec/allowed.ts';
import { pluginLine } from '../../../../electron/backend/cluster/exec/plugin.ts';
import type { ExecPlugin } from '../../../../electron/backend/cluster/exec/plugin.ts';
import { FaultError, faultOf } from '../../../../shared/fault.ts';
import { temporaryFolder } from '../../machine.ts';
import { alone, clientBy, configOf, folderWith, selfSigned } from './kubeconfigs.ts';
import { openApi } from '../../../../electron/backend/cluster/api/open.ts';
import type { AccessCircumstances } from '../../../../electron/backend/cluster/api/access.ts';
import type { Credentials } from '../../../../electron/backend/cluster/api/login.ts';

const version = 'client.authentication.k8s.io/v1';

function credential(status: unknown, apiVersion = version): string {
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
}

/** A kubeconfig whose user logs in by `./login`, a program of Bash with these lines. */
function pluginFolder(lines: readonly string[], exec: Readonly<Record<string, unknown>> = {}): string {
  return folderWith({
    login: ['#!/bin/bash', ...lines, ''].join('\n'),
    config: configOf(
      { server: 'https://api.example:6443', 'insecure-skip-tls-verify': true },
      { exec: { apiVersion: version, command: './login', interactiveMode: 'Never', ...exec } },
    ),
  });
}

async function login(folder: string, circumstances: Partial<AccessCircumstances> = {}): Promise<Credentials> {
  const client = await openApi(
    { kubeconfig: join(folder, 'config'), context: null },
    { ...alone, ...circumstances },
  );
  return client.access.login.credentials();
}

describe('an exec plugin', () => {
  it('is told what kubectl tells it, with words and variables of its own, and gives a token', async () => {
    const folder = pluginFolder(
      [
        'printf "%s\\n" "$KUBERNETES_EXEC_INFO" "$1" "$ROLE" > "$(dirname "$0")/told"',
        `echo '${credential({ token: 'abc' })}'`,
      ],
      { args: ['get token'], env: [{ name: 'ROLE', value: 'reader' }], provideClusterInfo: true },
    );
    expect(await login(folder)).toEqual({ authorization: 'Bearer abc', certificate: null });
    const [info = '', ...rest] = readFileSync(join(folder, 'told'), 'utf8').split('\n');
    expect(rest).toEqual(['get token', 'reader', '']);
    expect(JSON.parse(info)).toEqual({
      apiVersion: version,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server: 'https://api.example:6443', 'insecure-skip-tls-verify': true, config: null },
      },
    });
  });

  it('runs once for all who ask, and again when what it gave has expired', async () => {
    const count = 'n=$(( $(cat "$0.count" 2>/dev/null || echo 0) + 1 )); echo $n > "$0.count"';
    const answer = (expires: string): string[] => [
      count,
      `echo '${credential({ token: 'T', expirationTimestamp: expires })}' | sed "s/\\"T\\"/\\"t$n\\"/"`,
    ];
    const at = async (expires: string): Promise<(string | null)[]> => {
      const folder = pluginFolder(answer(expires));
      const client = await openApi({ kubeconfig: join(folder, 'config'), context: null }, alone);
      const { login: of } = client.access;
      const together = await Promise.all([of.credentials(), of.credentials()]);
      return [...together, await of.credentials()].map(({ authorization }) => authorization);
    };
    expect(await at('2099-01-01T00:00:00Z')).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
    expect(await at('2020-01-01T00:00:00Z')).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('is not run before it is allowed', async () => {
    const folder = pluginFolder(['touch "$0.ran"', `echo '${credential({ token: 'abc' })}'`]);
    const shown: string[] = [];
    const refuse = (plugin: ExecPlugin): Promise<void> => {
      shown.push(pluginLine(plugin));
      const fault = { code: 'exec-plugin-not-allowed', message: 'No.', hint: 'No.' } as const;
      return Promise.reject(new FaultError(fault));
    };
    await expect(login(folder, { allow: refuse })).rejects.toThrow('No.');
    expect(shown).toEqual([join(folder, 'login')]);
    expect(() => readFileSync(join(folder, 'login.ran'))).toThrow('ENOENT');
  });

  it('that hangs is ended, with what it has started', async () => {
    const folder = pluginFolder(['sleep 600 & echo $! > "$0.pid"', 'wait']);
    await expect(login(folder, { patience: 1_000 })).rejects.toThrow('took more than 1 s, and was ended');
    const pid = readFileSync(join(folder, 'login.pid'), 'utf8').trim();
    await expect.poll(() => isAlive(Number(pid)), { timeout: 20_000 }).toBe(false);
  });

  it('that leaves a program behind is not waited for', async () => {
    const folder = pluginFolder([
      'sleep 60 &',
      'echo $! > "$0.pid"',
      `echo '${credential({ token: 'abc' })}'`,
    ]);
    const answer = await Promise.race([login(folder), delay(20_000)]);
    process.kill(Number(readFileSync(join(folder, 'login.pid'), 'utf8')));
    expect(answer).toEqual({ authorization: 'Bearer abc', certificate: null });
  });

  it.each<[string, RegExp, readonly string[], Readonly<Record<string, unknown>>?]>([
    ['exec-plugin-failed', /ended with 3.*It says: no login/, ['echo no login >&2', 'exit 3']],
    ['exec-plugin-failed', /printed nothing/, ['true']],
    ['exec-plugin-failed', /no JSON/, ['echo hello']],
    ['exec-plugin-failed', /no ExecCredential/, ['echo {}']],
    [
      'exec-plugin-failed',
      /where .*v1 was asked/,
      [`echo '${credential({ token: 'a' }, `${version}beta1`)}'`],
    ],
    ['exec-plugin-failed', /neither/, [`echo '${credential({})}'`]],
    ['exec-plugin-failed', /only one/, [`echo '${credential({ clientCertificateData: 'a' })}'`]],
    ['exec-plugin-failed', /should be text/, [`echo '${credential({ token: 7 })}'`]],
    ['exec-plugin-failed', /is no time/, [`echo '${credential({ token: 'a', expirationTimestamp: 'x' })}'`]],
    ['exec-plugin-failed', /without end/, ['yes']],
    ['exec-plugin-unsupported', /v1alpha1/, ['true'], { apiVersion: `${version}alpha1` }],
    ['exec-plugin-unsupported', /no terminal/, ['true'], { interactiveMode: 'Always' }],
    ['exec-plugin-missing', /is not here/, ['true'], { command: 'no-such-login-program' }],
    ['exec-plugin-failed', /E2BIG/, ['true'], { args: ['x'.repeat(3_000_000)] }],
    [
      'kubeconfig-certificate-invalid',
      /cannot be used/,
      [`echo '${credential({ clientCertificateData: 'a', clientKeyData: 'b' })}'`],
    ],
  ])('says %s, %s', async (code, words, lines, exec = {}) => {
    const fault = faultOf(await login(pluginFolder(lines, exec)).catch((error: unknown) => error));
    expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(words)]);
  });

  it.each([
    ['YAML', `printf 'apiVersion: ${version}\\nstatus:\\n  token: abc\\n'`],
    ['a mark of byte order', `printf '\\357\\273\\277'; echo '${credential({ token: 'abc' })}'`],
  ])('may answer with %s, as kubectl takes it', async (_, line) => {
    expect(await login(pluginFolder([line]))).toEqual({ authorization: 'Bearer abc', certificate: null });
  });

  it('is not run for a user who has a certificate', async () => {
    const { certificate, key } = selfSigned();
    const data = (text: string): string => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': data(certificate), 'client-key-data': data(key) };
    const exec = { apiVersion: version, command: './none', interactiveMode: 'Never' };
    const secure = { server: 'https://api.example:6443', 'insecure-skip-tls-verify': true };
    const { access } = await clientBy(configOf(secure, { ...user, exec }));
    expect(await access.login.credentials()).toEqual({
      authorization: null,
      certificate: { certificate, key },
    });
  });

  it('says of a program that is missing what the kubeconfig says of it, without its control characters', async () => {
    const hint = 'Get it:\n\u001b[31m  https://example.com';
    const folder = pluginFolder([], { command: 'no-such-login-program', installHint: hint });
    const fault = faultOf(await login(folder).catch((error: unknown) => error));
    expect(fault.hint).toBe('Get it: \\u001b[31m https://example.com');
  });
});

describe('plugins that are allowed', () => {
  const plugin: ExecPlugin = {
    user: 'me',
    command: 'login',
    words: ['--a b', "it's"],
    environment: [['LD_PRELOAD', '/tmp/x.so']],
    apiVersion: version,
    installHint: null,
    interactiveMode: 'Never',
    wantsCluster: false,
  };

  it('are remembered as just what was shown', async () => {
    const home = temporaryFolder();
    await new AllowedPlugins(home).add(plugin);
    const later = new AllowedPlugins(home);
    expect(await later.has({ ...plugin, user: 'you' })).toBe(true);
    expect(await later.has({ ...plugin, words: ['--a', 'b', "it's"] })).toBe(false);
    expect(await later.has({ ...plugin, environment: [] })).toBe(false);
    expect(await later.has({ ...plugin, command: './login' })).toBe(false);
  });

  it('are shown whole: variables, words, and what a terminal would swallow', () => {
    expect(pluginLine({ ...plugin, command: 'a\u001b[2K\u202eb' })).toBe(
      "LD_PRELOAD=/tmp/x.so 'a\\u001b[2K\\u202eb' '--a b' 'it'\\''s'",
    );
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
