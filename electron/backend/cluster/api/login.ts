import { createSecureContext } from 'node:tls';
import { FaultError } from '../../../../shared/fault.ts';
import type { ExecCredential } from '../exec/credential.ts';
import type { ExecCluster, ExecPlugin } from '../exec/plugin.ts';
import { runExecPlugin } from '../exec/run.ts';
import type { ExecCircumstances } from '../exec/run.ts';
import type { UserEntry } from '../kubeconfig/entries.ts';
import { readBytes } from '../kubeconfig/read-bytes.ts';
import { requireUsable } from './usable.ts';

/** What tells an API server who somebody is. */
export interface Credentials {
  /** The header `Authorization`. */
  readonly authorization: string | null;
  /** In PEM. */
  readonly certificate: { readonly certificate: string; readonly key: string } | null;
}

/** How one becomes somebody to an API server. */
export interface Login {
  /**
   * What to tell it now.
   *
   * @throws FaultError of an exec plugin: see {@link runExecPlugin}
   */
  credentials(): Promise<Credentials>;
  /** Forgets what the server did not take. False where there is nothing else to try. */
  renew(): boolean;
}

/** What a login depends on beside the kubeconfig. */
export interface LoginCircumstances extends ExecCircumstances {
  /**
   * Asked before an exec plugin is run.
   *
   * @throws FaultError where it is not allowed
   */
  readonly allow: (plugin: ExecPlugin) => Promise<void>;
}

const nobody: Credentials = { authorization: null, certificate: null };

/** Nobody in particular. */
export const anonymous: Login = { credentials: () => Promise.resolve(nobody), renew: () => false };

/**
 * The login of a user whose kubeconfig has all that it takes.
 *
 * @returns null where it has none of it
 * @throws FaultError `kubeconfig-file-unusable`, `kubeconfig-certificate-invalid`, `kubeconfig-unsupported`
 */
export async function staticLogin(user: UserEntry): Promise<Login | null> {
  const certificate = await certificateOf(user);
  const authorization = (await bearer(user)) ?? basic(user);
  // Who has a certificate needs no plugin. @see client-go plugin/pkg/client/auth/exec UpdateTransportConfig
  if (authorization === null && certificate === null) {
    if (user.authProvider !== null && user.exec === null) throw unsupported(user.name, user.authProvider);
    return null;
  }
  const credentials = { authorization, certificate };
  return { credentials: () => Promise.resolve(credentials), renew: () => false };
}

/** How long before its end a credential is not used any more; milliseconds. */
const margin = 10_000;

/** The login of a user by an exec plugin, which is run when it is needed; null where the user has none. */
export function execLogin(
  user: UserEntry,
  cluster: ExecCluster,
  circumstances: LoginCircumstances,
): Login | null {
  const { exec } = user;
  if (exec === null) return null;
  let running: Promise<ExecCredential> | null = null;
  let known: ExecCredential | null = null;
  let hasRenewed = false;
  const ask = async (): Promise<ExecCredential> => {
    await circumstances.allow(exec);
    const credential = await runExecPlugin(exec, cluster, circumstances);
    requireCertificate(user.name, credential.certificate);
    return credential;
  };
  return {
    async credentials() {
      if (known === null || (known.expires !== null && known.expires - margin < Date.now())) {
        // However many ask, it runs once.
        running ??= ask().finally(() => (running = null));
        known = await running;
      }
      return {
        authorization: known.token === null ? null : bearerHeader(known.token, user.name),
        certificate: known.certificate,
      };
    },
    renew() {
      if (hasRenewed) return false;
      hasRenewed = true;
      known = null;
      return true;
    },
  };
}

async function certificateOf({ name, certificate, key }: UserEntry): Promise<Credentials['certificate']> {
  if (certificate === null && key === null) return null;
  if (certificate === null || key === null) {
    throw new FaultError({
      code: 'kubeconfig-incomplete',
      message: `The user ${JSON.stringify(name)} has ${certificate === null ? 'a client-key and no client-certificate' : 'a client-certificate and no client-key'}.`,
      hint: 'Save the kubeconfig again from where it came.',
    });
  }
  const pair = {
    certificate: await readBytes(certificate, 'client-certificate'),
    key: await readBytes(key, 'client-key'),
  };
  requireCertificate(name, pair);
  return pair;
}

function requireCertificate(user: string, pair: Credentials['certificate']): void {
  if (pair === null) return;
  requireUsable('client certificate or its key', user, () =>
    createSecureContext({ cert: pair.certificate, key: pair.key }),
  );
}

/** A file counts where it can be read, since it is renewed; else what is written down. @see client-go tools/clientcmd/api AuthInfo.TokenFile */
async function bearer({ name, token, tokenFile }: UserEntry): Promise<string | null> {
  if (tokenFile !== null) {
    try {
      const text = (await readBytes({ kind: 'file', path: tokenFile }, 'tokenFile')).trim();
      if (text !== '') return bearerHeader(text, name);
    } catch (error) {
      if (token === null) throw error;
    }
  }
  return token === null ? null : bearerHeader(token, name);
}

function bearerHeader(token: string, user: string): string {
  const text = token.trim();
  if (/^[\x21-\x7e]+$/.test(text)) return `Bearer ${text}`;
  throw new FaultError({
    code: 'kubeconfig-unsupported',
    message: `The token of the user ${JSON.stringify(user)} has characters that no token has.`,
    hint: 'It is one line without blanks. Save the kubeconfig again from where it came.',
  });
}

function basic({ username, password }: UserEntry): string | null {
  if (username === null) return null;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

function unsupported(user: string, provider: string): FaultError {
  return new FaultError({
    code: 'kubeconfig-unsupported',
    message: `The user ${JSON.stringify(user)} logs in by kubectl’s built-in ${JSON.stringify(provider)}, which newer kubectl does not have either.`,
    hint: 'Save the kubeconfig again with a tool of today, which writes an exec plugin into it; or save what kubectl prints: --nodes nodes.json.',
  });
}
