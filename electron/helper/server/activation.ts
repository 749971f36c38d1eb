import { fstatSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import { untrustedAncestor } from '../system/trust.ts';

/** The first descriptor that systemd hands over: SD_LISTEN_FDS_START of sd_listen_fds(3). */
const firstDescriptor = 3;

/** Of a row in /proc/net/unix: `__SO_ACCEPTCON`, a socket that listens, and SOCK_STREAM. */
const listens = 0x10000;
const stream = '0001';

/**
 * The descriptor of the socket at which systemd listens for us, and which a socket unit hands over; null where it hands over none.
 *
 * @throws FaultError `helper-socket-unsafe` where it hands over more than one
 */
export function handedDescriptor(
  { LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv,
  pid: number = process.pid,
): number | null {
  // The variables are inherited: without our own number in them they are meant for somebody else.
  if (LISTEN_PID !== String(pid) || LISTEN_FDS === undefined) return null;
  if (LISTEN_FDS === '1') return firstDescriptor;
  throw unsafe(`${LISTEN_FDS} of them were handed over, instead of one`);
}

/**
 * Checks that what was handed over is what we would have made ourselves: a socket that listens at the path, is the owner's with
 * mode 0600, and stands in a folder that nobody but root can change.
 *
 * @throws FaultError `helper-socket-unsafe`
 */
export function checkHanded(descriptor: number, path: string, owner: number): void {
  const inode = inodeOf(descriptor);
  const row = unixSockets().find((other) => other.inode === inode);
  if (row?.path !== path) throw unsafe(`it stands at ${row?.path ?? 'no path'}, not at ${path}`);
  if (row.type !== stream || (row.flags & listens) === 0) throw unsafe('it does not listen');
  const culprit = untrustedAncestor(dirname(path));
  if (culprit !== null) throw unsafe(`${culprit.path} ${culprit.reason}`);
  const { uid, mode } = lstatSync(path);
  if (uid !== owner) throw unsafe(`it belongs to user ${uid}, not to ${owner}`);
  if ((mode & 0o777) !== 0o600) throw unsafe(`its mode is ${(mode & 0o777).toString(8)}, not 600`);
}

/** Whether something in this network namespace listens at a path. Unlike a connection, the look starts nobody. */
export function isListenedAt(path: string): boolean {
  return unixSockets().some((socket) => socket.path === path && (socket.flags & listens) !== 0);
}

function inodeOf(descriptor: number): string {
  try {
    if (!fstatSync(descriptor).isSocket()) throw unsafe('it is no socket');
  } catch (error) {
    throw error instanceof FaultError ? error : unsafe('there is none');
  }
  return /\d+/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[0] ?? '';
}

/** A Unix socket of this network namespace, as a row of /proc/net/unix has it. */
interface UnixSocket {
  readonly flags: number;
  /** In hexadecimal. */
  readonly type: string;
  readonly inode: string;
  /** Null where it has no name. */
  readonly path: string | null;
}

/** The columns are: number, references, protocol, flags, type, state, inode, path (unix(7), net/unix/af_unix.c unix_seq_show). */
function unixSockets(): UnixSocket[] {
  const rows = readFileSync('/proc/net/unix', 'utf8').split('\n').slice(1);
  return rows.flatMap((row) => {
    const match = /^\S+ \S+ \S+ (\S+) (\S+) \S+ +(\d+)(?: (.*))?$/.exec(row);
    if (match === null) return [];
    const [, flags = '', type = '', inode = '', path] = match;
    return [{ flags: Number.parseInt(flags, 16), type, inode, path: path ?? null }];
  });
}

function unsafe(reason: string): FaultError {
  return new FaultError({
    code: 'helper-socket-unsafe',
    message: `The socket that systemd has handed over is not the helper's: ${reason}.`,
    hint: 'Reinstall Adit: its unit adit-helper@.socket was changed. "systemctl cat adit-helper@UID.socket" shows by what.',
  });
}
