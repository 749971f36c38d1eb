import { chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { createJSONRPCErrorResponse } from 'json-rpc-2.0';
import type { JSONRPCServer } from 'json-rpc-2.0';
import { frame } from '../../../shared/contract/helper/framing.ts';
import { faultErrorCode } from '../../../shared/contract/helper/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { Log } from '../system/log.ts';
import { untrustedAncestor } from '../system/trust.ts';
import { checkHanded } from './activation.ts';
import { Session } from './session.ts';

/** Clients at one time. A person has a window, a tray and a few commands; not more. */
const mostClients = 32;

/** More than these are told why they are not taken, if they read that within a second; whoever comes then is cut off. */
const mostRefused = 32;
const refusalMs = 1_000;

/**
 * Listens for the owner at a Unix socket. Who may connect is decided by the kernel: the socket is the owner's, with mode
 * 0600 from its first moment, in a folder that nobody but root can change.
 *
 * @throws FaultError `helper-socket-unsafe`, `helper-already-running`
 */
export async function listen(
  path: string,
  owner: number,
  rpc: JSONRPCServer<Session>,
  log: Log,
): Promise<Server> {
  const socketPath = resolve(path);
  makeSafeFolder(dirname(socketPath));
  await removeDeadSocket(socketPath);
  const server = serverOf(rpc, log);
  const listening = once(server, 'listening');
  // The socket is bound before listen() returns; nothing else may be made under this mask.
  const usualMask = process.umask(0o177);
  server.listen(socketPath);
  process.umask(usualMask);
  await listening.catch((error: unknown) => {
    throw unsafe(socketPath, `cannot be listened at: ${reasonOf(error)}`);
  });
  chownSync(socketPath, owner, lstatSync(socketPath).gid);
  return server;
}

/**
 * Takes over a socket that listens already, from systemd, which keeps it when we end.
 *
 * @throws FaultError `helper-socket-unsafe`
 */
export async function takeOver(
  descriptor: number,
  path: string,
  owner: number,
  rpc: JSONRPCServer<Session>,
  log: Log,
): Promise<Server> {
  checkHanded(descriptor, resolve(path), owner);
  const server = serverOf(rpc, log);
  server.listen({ fd: descriptor });
  await once(server, 'listening');
  return server;
}

/** A server that has a session for each client, up to {@link mostClients}. */
function serverOf(rpc: JSONRPCServer<Session>, log: Log): Server {
  let clients = 0;
  let refused = 0;
  return createServer((socket) => {
    if (clients < mostClients) {
      clients += 1;
      socket.once('close', () => (clients -= 1));
      new Session(socket, rpc, log);
      return;
    }
    log('client-refused', { reason: 'too many clients' });
    if (refused >= mostRefused) {
      socket.destroy();
      return;
    }
    refused += 1;
    socket.once('close', () => (refused -= 1));
    refuse(socket);
  });
}

/** Says why a client is not taken, and hears nothing of what it asks. */
function refuse(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), refusalMs);
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => undefined);
  socket.resume();
  const fault: Fault = {
    code: 'helper-full',
    message: `The helper serves ${mostClients} programs already, and takes no more at a time.`,
    hint: 'End some of them: each window, tray and waiting command of Adit’s is one.',
  };
  const refusal = createJSONRPCErrorResponse(null, faultErrorCode, fault.message, fault);
  socket.end(frame(Buffer.from(JSON.stringify(refusal))));
}

function makeSafeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw unsafe(folder, `cannot be made: ${reasonOf(error)}`);
  }
  const culprit = untrustedAncestor(folder);
  if (culprit !== null) throw unsafe(culprit.path, culprit.reason);
}

/**
 * Removes a socket that a killed helper has left; one that answers is another helper's.
 *
 * @throws FaultError `helper-already-running`, `helper-socket-unsafe`
 */
export async function removeDeadSocket(path: string): Promise<void> {
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present === undefined) return;
  if (!present.isSocket()) throw unsafe(path, 'is there already, and is no socket');
  if (await answers(path)) {
    throw new FaultError({
      code: 'helper-already-running',
      message: `A helper listens at ${path} already.`,
      hint: 'Use that one, or end it first.',
    });
  }
  rmSync(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unsafe(path: string, reason: string): FaultError {
  return new FaultError({
    code: 'helper-socket-unsafe',
    message: `The socket cannot be made safely: ${path} ${reason}.`,
    hint: 'Choose a folder that belongs to root and that only root can write, such as /run/adit/UID.',
  });
}
