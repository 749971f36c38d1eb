import { dirname, isAbsolute, join } from 'node:path';
import { Fields, isObject } from '../../../../shared/cluster/objects/fields.ts';
import type { ExecPlugin } from '../exec/plugin.ts';
import { malformedKubeconfig } from './faults.ts';
import type { KubeconfigEntry } from './kubeconfig.ts';

/** Bytes that stand in a kubeconfig, or in a file that it names. */
export type Bytes =
  { readonly kind: 'inline'; readonly bytes: Buffer } | { readonly kind: 'file'; readonly path: string };

/** How an API server is reached, by a kubeconfig. */
export interface ClusterEntry {
  readonly name: string;
  readonly file: string;
  readonly server: string;
  /** The name that its certificate is for, where it is not the server's own. */
  readonly tlsServerName: string | null;
  readonly isInsecure: boolean;
  /** Who has signed its certificate; null for whom this machine trusts. */
  readonly authority: Bytes | null;
  readonly proxyUrl: string | null;
  /** What exec plugins are told of it, as they are called for. */
  readonly execConfig: unknown;
}

/** Who somebody is to an API server, by a kubeconfig. */
export interface UserEntry {
  readonly name: string;
  readonly file: string;
  readonly certificate: Bytes | null;
  readonly key: Bytes | null;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly exec: ExecPlugin | null;
  /** A way to log in that was a part of kubectl once. */
  readonly authProvider: string | null;
  /** Headers that ask for being treated as somebody else. */
  readonly impersonation: readonly (readonly [string, string])[];
}

/** A cluster of a kubeconfig. @throws FaultError `kubeconfig-malformed` */
export function readClusterEntry(entry: KubeconfigEntry): ClusterEntry {
  const fields = fieldsOf(entry, 'cluster');
  return {
    name: entry.name,
    file: entry.file,
    server: textOf(fields, 'server') ?? '',
    tlsServerName: textOf(fields, 'tls-server-name'),
    isInsecure: fields.boolean('insecure-skip-tls-verify') === true,
    authority: bytesOf(entry, fields, 'certificate-authority'),
    proxyUrl: textOf(fields, 'proxy-url'),
    execConfig: execConfigIn(entry),
  };
}

/** A user of a kubeconfig. @throws FaultError `kubeconfig-malformed` */
export function readUserEntry(entry: KubeconfigEntry): UserEntry {
  const fields = fieldsOf(entry, 'user');
  const tokenFile = textOf(fields, 'tokenFile');
  const provider = fields.object('auth-provider');
  return {
    name: entry.name,
    file: entry.file,
    certificate: bytesOf(entry, fields, 'client-certificate'),
    key: bytesOf(entry, fields, 'client-key'),
    token: textOf(fields, 'token'),
    tokenFile: tokenFile === null ? null : besideFile(entry.file, tokenFile),
    username: textOf(fields, 'username'),
    password: textOf(fields, 'password'),
    exec: fields.has('exec') ? readExec(entry, fields.object('exec')) : null,
    authProvider: provider.text('name'),
    impersonation: impersonationIn(entry, fields),
  };
}

/** A path that stands in a file, and means a place relative to it. */
function besideFile(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

function fieldsOf({ name, file, value }: KubeconfigEntry, kind: string): Fields {
  if (hasNul(value)) throw malformedKubeconfig(file, `the ${kind} ${JSON.stringify(name)} has a NUL in it`);
  return new Fields(value, `${kind}/${name}`, (path, wanted) => {
    throw malformedKubeconfig(file, `${path} of the ${kind} ${JSON.stringify(name)} should be ${wanted}`);
  });
}

/** Neither paths nor programs nor headers take a NUL. */
function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNul);
}

/** The empty text counts as none, as with kubectl. */
function textOf(fields: Fields, key: string): string | null {
  const text = fields.text(key);
  return text === '' ? null : text;
}

/** What `KEY-data` has, else the file that `KEY` names. */
function bytesOf({ file, name }: KubeconfigEntry, fields: Fields, key: string): Bytes | null {
  const inline = textOf(fields, `${key}-data`);
  if (inline !== null) {
    const text = inline.replace(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text))
      throw malformedKubeconfig(file, `${key}-data of ${JSON.stringify(name)} is no base64`);
    return { kind: 'inline', bytes: Buffer.from(text, 'base64') };
  }
  const path = textOf(fields, key);
  return path === null ? null : { kind: 'file', path: besideFile(file, path) };
}

function readExec({ file, name }: KubeconfigEntry, fields: Fields): ExecPlugin {
  const command = textOf(fields, 'command');
  if (command === null)
    throw malformedKubeconfig(file, `exec of the user ${JSON.stringify(name)} has no command`);
  const mode = textOf(fields, 'interactiveMode') ?? 'IfAvailable';
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always')
    throw malformedKubeconfig(file, `there is no interactiveMode ${JSON.stringify(mode)}`);
  return {
    user: name,
    // A name alone is looked for in PATH, where whoever wrote the kubeconfig had it.
    command: /[/\\]/.test(command) ? besideFile(file, command) : command,
    words: fields.texts('args'),
    environment: fields
      .objects('env')
      .map((variable) => [variable.text('name') ?? '', variable.text('value') ?? ''] as const),
    apiVersion: textOf(fields, 'apiVersion') ?? '',
    installHint: textOf(fields, 'installHint'),
    interactiveMode: mode,
    wantsCluster: fields.boolean('provideClusterInfo') === true,
  };
}

/** @see client-go transport/round_trippers.go impersonatingRoundTripper */
function impersonationIn(entry: KubeconfigEntry, fields: Fields): (readonly [string, string])[] {
  const user = textOf(fields, 'as');
  const uid = textOf(fields, 'as-uid');
  const extra = fields.object('as-user-extra');
  const headers: (readonly [string, string])[] = [
    ...(user === null ? [] : [['Impersonate-User', user] as const]),
    ...(uid === null ? [] : [['Impersonate-Uid', uid] as const]),
    ...fields.texts('as-groups').map((group) => ['Impersonate-Group', group] as const),
    ...extra
      .names()
      .flatMap((key) =>
        extra.texts(key).map((value) => [`Impersonate-Extra-${escaped(key)}`, value] as const),
      ),
  ];
  return headers.map(([name, value]) => [name, headerValue(entry, value)]);
}

/** The name of a header has letters, digits and few signs; the rest stands as `%` and its bytes. */
function escaped(key: string): string {
  return encodeURIComponent(Buffer.from(key).toString()).replace(/[()]/g, (sign) =>
    sign === '(' ? '%28' : '%29',
  );
}

/** A text as Go sends it in a header: its bytes in UTF-8. @throws FaultError `kubeconfig-malformed` */
function headerValue({ file, name }: KubeconfigEntry, text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
    throw malformedKubeconfig(
      file,
      `the user ${JSON.stringify(name)} acts as somebody whose name has control characters`,
    );
  return Buffer.from(text).toString('latin1');
}

/** What the extension for exec plugins holds. @see client-go tools/clientcmd/api ClusterExtension */
function execConfigIn({ value }: KubeconfigEntry): unknown {
  const extensions = Array.isArray(value['extensions']) ? (value['extensions'] as readonly unknown[]) : [];
  const own = extensions.filter(isObject).find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return own?.['extension'] ?? null;
}
