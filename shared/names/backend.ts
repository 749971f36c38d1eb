import { isForwarder } from './forwarding.ts';
import { parseResolvConf, writerOf } from './resolv-conf.ts';
import type { ResolvConfWriter } from './resolv-conf.ts';

/** By what names are changed on a Linux host. */
export type NameBackendKind =
  'systemd-resolved' | 'openresolv' | 'resolvconf' | 'network-manager' | 'plain-file';

/** What is known of how a host resolves names, read before anything is changed. */
export interface NameEnvironment {
  /** The text behind /etc/resolv.conf; null where there is none. */
  readonly resolvConf: string | null;
  /** Where /etc/resolv.conf leads, if it is a symbolic link. */
  readonly linkTarget: string | null;
  /** The text of /etc/nsswitch.conf; null where there is none. */
  readonly nsswitch: string | null;
  /** Whether systemd-resolved answers over D-Bus. */
  readonly resolvedAnswers: boolean;
  /** Whether NetworkManager answers over D-Bus. */
  readonly networkManagerAnswers: boolean;
  /** Whose the program `resolvconf` is; systemd's is a link to resolvectl. */
  readonly resolvconfProgram: 'openresolv' | 'debian' | 'systemd' | null;
}

/** A backend, and why it is this one. */
export interface BackendChoice {
  readonly backend: NameBackendKind;
  /** For a person: half a sentence. */
  readonly reason: string;
  /** For the log: what decided, as `key=value` words. */
  readonly facts: Readonly<Record<string, string | boolean>>;
}

/** The addresses that systemd-resolved listens on. */
const resolvedStubs: ReadonlySet<string> = new Set(['127.0.0.53', '127.0.0.54']);

/**
 * Decides by what names are changed: by the program that answers them or writes /etc/resolv.conf now, so that nobody works against
 * anybody; by the file itself where there is none.
 *
 * @see tailscale net/dns/manager_linux.go dnsMode, after whose example this is made
 */
export function chooseBackend(environment: NameEnvironment): BackendChoice {
  const { resolvedAnswers, networkManagerAnswers, resolvconfProgram } = environment;
  const text = environment.resolvConf ?? '';
  const writer = writerOf(text);
  const stub = namesStub(text);
  const nss = asksResolved(environment.nsswitch ?? '');
  const own = !stub && beginsWithOwn(text);
  const facts = {
    writer,
    stub,
    nss,
    own,
    resolved: resolvedAnswers,
    resolvconf: resolvconfProgram ?? 'none',
    nm: networkManagerAnswers,
  };
  const chosen = (backend: NameBackendKind, reason: string): BackendChoice => ({ backend, reason, facts });

  if (resolvedAnswers && stub)
    return chosen('systemd-resolved', '/etc/resolv.conf leads to systemd-resolved');
  if (resolvedAnswers && nss)
    return chosen('systemd-resolved', '/etc/nsswitch.conf asks systemd-resolved first');
  const keeper = keeperOf(environment, writer);
  if (keeper === null) return chosen('plain-file', whyPlain(environment, writer, stub));
  if (own) {
    const why = `${keeper.name} writes /etc/resolv.conf, with a name server of this machine before all others`;
    return chosen('plain-file', why);
  }
  return chosen(keeper.backend, `${keeper.name} writes /etc/resolv.conf`);
}

/** Who looks after /etc/resolv.conf, as far as it can be told of servers; null where nobody does. */
function keeperOf(
  { resolvconfProgram, networkManagerAnswers }: NameEnvironment,
  writer: ResolvConfWriter,
): { readonly backend: NameBackendKind; readonly name: string } | null {
  if (writer === 'resolvconf' && resolvconfProgram === 'openresolv')
    return { backend: 'openresolv', name: 'openresolv' };
  if (writer === 'resolvconf' && resolvconfProgram === 'debian')
    return { backend: 'resolvconf', name: 'resolvconf' };
  if (writer === 'NetworkManager' && networkManagerAnswers)
    return { backend: 'network-manager', name: 'NetworkManager' };
  return null;
}

function whyPlain(
  { resolvConf, linkTarget }: NameEnvironment,
  writer: ResolvConfWriter,
  stub: boolean,
): string {
  if (stub) return '/etc/resolv.conf names systemd-resolved, which does not answer';
  if (resolvConf === null && linkTarget !== null)
    return `/etc/resolv.conf leads to ${linkTarget}, which does not exist`;
  if (resolvConf === null) return 'there was no /etc/resolv.conf';
  if (writer === 'systemd-resolved') return 'systemd-resolved writes /etc/resolv.conf, and is not asked';
  if (writer === 'unknown' || writer === 'adit') return 'no other program looks after /etc/resolv.conf';
  return `${writer} wrote /etc/resolv.conf, and is not there now`;
}

function namesStub(resolvConf: string): boolean {
  const { servers } = parseResolvConf(resolvConf);
  return servers.length > 0 && servers.every((server) => resolvedStubs.has(server));
}

/**
 * Whether the first server is one of this machine's. Who put it there tells it of servers, and not /etc/resolv.conf: ours would stand
 * behind it, or be one of several that it asks as it likes, for any name.
 */
function beginsWithOwn(resolvConf: string): boolean {
  const [first] = parseResolvConf(resolvConf).servers;
  return first !== undefined && !isForwarder(first) && (first === '::1' || first.startsWith('127.'));
}

/** Whether the hosts line asks nss-resolve before it asks the servers of resolv.conf. @see nss-resolve(8) */
function asksResolved(nsswitch: string): boolean {
  const line = nsswitch.split('\n').find((each) => /^\s*hosts:/.test(each)) ?? '';
  const sources = line
    .replace(/#.*/, '')
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/)
    .slice(1);
  const resolve = sources.indexOf('resolve');
  const dns = sources.indexOf('dns');
  return resolve >= 0 && (dns < 0 || resolve < dns);
}
