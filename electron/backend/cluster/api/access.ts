import { X509Certificate } from 'node:crypto';
import { shellWord } from '../../../../shared/diagnosis/commands.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { ExecCluster } from '../exec/plugin.ts';
import type { ChosenContext } from '../kubeconfig/choose.ts';
import type { ClusterEntry } from '../kubeconfig/entries.ts';
import { malformedKubeconfig } from '../kubeconfig/faults.ts';
import { kubeconfigOption } from '../kubeconfig/places.ts';
import { readBytes } from '../kubeconfig/read-bytes.ts';
import { anonymous, execLogin, staticLogin } from './login.ts';
import type { Login, LoginCircumstances } from './login.ts';
import { proxyFor } from './proxy.ts';
import { requireUsable } from './usable.ts';

/** How an API server is reached and spoken to. */
export interface ApiAccess {
  /** The names of the kubeconfig for it. */
  readonly context: string;
  readonly cluster: string;
  /** `kubectl` with the file that the cluster is in, where it has to be named. */
  readonly kubectlForCluster: string;
  /** `kubectl` with the file that the context and all it stands for are in, where it has to be named, and with the context. */
  readonly kubectl: string;
  /** May have a path, behind which the API begins. */
  readonly server: URL;
  /** The name that its certificate is for, where it is not the server's own. */
  readonly tlsServerName: string | null;
  /** Whether its certificate is not looked at. */
  readonly isInsecure: boolean;
  /** Who has signed its certificate, in PEM; null for whom this machine trusts. */
  readonly authority: string | null;
  readonly proxy: URL | null;
  /** Headers beside those of the login. */
  readonly headers: readonly (readonly [string, string])[];
  readonly login: Login;
}

/** What an access depends on beside the kubeconfig. */
export interface AccessCircumstances extends LoginCircumstances {
  /** Variables of the environment that name proxies. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * How the API server of a context is reached: its files are read, its addresses made out. Nothing is sent or run yet.
 *
 * @throws FaultError `kubeconfig-malformed`, `kubeconfig-file-unusable`, `kubeconfig-certificate-invalid`, `kubeconfig-unsupported`
 */
export async function accessOf(
  { name, file, cluster, user }: ChosenContext,
  circumstances: AccessCircumstances,
): Promise<ApiAccess> {
  const authority =
    cluster.authority === null ? null : await readBytes(cluster.authority, 'certificate-authority');
  if (authority !== null)
    requireUsable('certificate-authority', cluster.name, () => new X509Certificate(authority));
  const server = serverOf(cluster, user?.certificate !== undefined && user.certificate !== null);
  const proxy = proxyOf(cluster, server, circumstances.environment);
  const isSecure = server.protocol === 'https:';
  // kubectl tells nobody who it is over a connection that anybody may read.
  const speaker = isSecure ? user : null;
  const login =
    speaker === null
      ? anonymous
      : ((await staticLogin(speaker)) ??
        execLogin(speaker, execCluster(cluster, authority), circumstances) ??
        anonymous);
  const optionFor = (path: string): string => kubeconfigOption(path, circumstances.environment);
  // Of several files, kubectl takes one by an option; all are in KUBECONFIG then.
  const isInOneFile = cluster.file === file && (user === null || user.file === file);
  return {
    context: name,
    cluster: cluster.name,
    kubectlForCluster: `kubectl${optionFor(cluster.file)}`,
    kubectl: `kubectl${isInOneFile ? optionFor(file) : ''} --context ${shellWord(name)}`,
    server,
    tlsServerName: cluster.tlsServerName,
    isInsecure: cluster.isInsecure,
    authority,
    proxy,
    headers: speaker?.impersonation ?? [],
    login,
  };
}

/** @see client-go rest/url_utils.go DefaultServerURL */
function serverOf(cluster: ClusterEntry, hasCertificate: boolean): URL {
  const { name, server, authority, isInsecure } = cluster;
  const scheme = authority !== null || isInsecure || hasCertificate ? 'https' : 'http';
  const text = /^[a-z]+:\/\//i.test(server) ? server : `${scheme}://${server}`;
  const url = parseUrl(text);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw malformedKubeconfig(
    cluster.file,
    `the server ${JSON.stringify(server)} of the cluster ${JSON.stringify(name)} is no address of the web`,
  );
}

function proxyOf({ proxyUrl }: ClusterEntry, server: URL, environment: NodeJS.ProcessEnv): URL | null {
  const text = proxyUrl ?? proxyFor(server, environment);
  if (text === null) return null;
  const url = parseUrl(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== null && ['http:', 'https:', 'socks5:', 'socks5h:'].includes(url.protocol)) return url;
  throw new FaultError({
    code: 'kubeconfig-unsupported',
    message: `The proxy ${JSON.stringify(text)} is none that is known.`,
    hint: 'It begins with http://, https:// or socks5://, and is the kubeconfig’s proxy-url, or the variable HTTPS_PROXY.',
  });
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function execCluster(cluster: ClusterEntry, authority: string | null): ExecCluster {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName === null ? {} : { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.isInsecure ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === null
      ? {}
      : { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(cluster.proxyUrl === null ? {} : { 'proxy-url': cluster.proxyUrl }),
    config: cluster.execConfig,
  };
}
