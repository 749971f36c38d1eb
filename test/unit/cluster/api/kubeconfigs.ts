import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AccessCircumstances } from '../../../../electron/backend/cluster/api/access.ts';
import { openApi } from '../../../../electron/backend/cluster/api/open.ts';
import type { ApiClient } from '../../../../electron/backend/cluster/api/client.ts';
import { temporaryFolder } from '../../machine.ts';

/** Writes files into a folder of their own, values as JSON, which is YAML too. @returns the folder */
export function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o700 });
  }
  return folder;
}

/** A kubeconfig with one context `here`, current, for what is given. */
export function configOf(
  cluster: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'here',
  };
}

/** A certificate that has signed itself, with its key, both in PEM. @param name what it is for */
export function selfSigned(name = 'kubernetes'): { readonly certificate: string; readonly key: string } {
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
  ];
  const of = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-out', '-', '-keyout', '-'];
  const both = execFileSync('openssl', [...words, ...of], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const part = (kind: string): string => {
    const text = new RegExp(`-----BEGIN ${kind}-----.*?-----END ${kind}-----\\n`, 's').exec(both)?.[0];
    if (text === undefined) throw new Error(`openssl made no ${kind}`);
    return text;
  };
  return { certificate: part('CERTIFICATE'), key: part('PRIVATE KEY') };
}

/** Nobody at a terminal, no proxy, and every exec plugin is allowed. */
export const alone: AccessCircumstances = {
  environment: {},
  hasPerson: false,
  patience: 20_000,
  allow: () => Promise.resolve(),
};

/** A client by a kubeconfig in a folder of its own. */
export function clientBy(
  config: unknown,
  circumstances: Partial<AccessCircumstances> = {},
): Promise<ApiClient> {
  const folder = folderWith({ config });
  return openApi({ kubeconfig: join(folder, 'config'), context: null }, { ...alone, ...circumstances });
}

/** Why kubectl cannot judge here; null where it can. */
export function whyNoKubectl(): string | null {
  return spawnSync('kubectl', ['version', '--client']).status === 0 ? null : 'kubectl is not installed';
}
