import { realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { helperProtocol } from '../../shared/contract/helper/verbs.ts';
import { FaultError, faultOf } from '../../shared/fault.ts';
import { version } from '../../shared/version.ts';
import { readTask } from './options.ts';
import type { HelperTask } from './options.ts';
import { handedDescriptor, isListenedAt } from './server/activation.ts';
import { audited } from './server/audit.ts';
import { listen, removeDeadSocket, takeOver } from './server/listen.ts';
import { handlersOf, rpcServer } from './server/rpc.ts';
import { systemClock } from './system/clock.ts';
import { becomeOnlyHelper } from './system/lock.ts';
import { logToStderr } from './system/log.ts';
import { tellSystemd } from './system/notify.ts';
import { refuseUnknownSystem } from './system/platform.ts';
import { Programs } from './system/programs.ts';
import { publicKeyOf } from './system/public-key.ts';
import { RunFolder } from './system/run-folder.ts';
import { untrustedAncestor } from './system/trust.ts';
import { Supervisor } from './tunnels/supervisor.ts';

/** What looks up names, as a user of no rights. */
const resolverProgram = join(dirname(__filename), 'resolver.cjs');

/** The root helper, in the foreground: serves until it is told to end. */
async function serve(task: HelperTask & { kind: 'serve' }): Promise<void> {
  const handed = handedDescriptor(process.env);
  const { folder, leave, programs, supervisor } = await prepareSupervisor(task);
  const rpc = rpcServer(audited(handlersOf(supervisor, task.owner), task.owner, logToStderr), logToStderr);
  // Whoever connects early waits until the tunnels of the helper before this one are back.
  const started = supervisor.start();
  const server = await (handed === null
    ? listen(task.socket, task.owner, rpc, logToStderr)
    : takeOver(handed, task.socket, task.owner, rpc, logToStderr));

  let isEnding = false;
  const end = (): void => {
    // An impatient second signal must not stop what the first began.
    if (isEnding) return;
    isEnding = true;
    server.close();
    if (handed === null) rmSync(task.socket, { force: true });
    void supervisor
      .stop(task.keep)
      .catch((error: unknown) => logToStderr('stop-failed', { reason: faultOf(error).message }))
      .finally(() => {
        leave();
        process.exit();
      });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', end);

  await started;
  await tellSystemd(process.env, programs);
  const ready = { ready: true, socket: task.socket, owner: task.owner, pid: process.pid, version };
  process.stdout.write(`${JSON.stringify({ ...ready, protocol: helperProtocol })}\n`);
  logToStderr('ready', { socket: task.socket, owner: task.owner, folder: folder.path });
}

/** Undoes what a helper that is gone has left, and ends. */
async function recover(task: HelperTask & { kind: 'recover' }): Promise<void> {
  const { leave, supervisor } = await prepareSupervisor(task);
  try {
    const undone = await supervisor.recover();
    // No helper runs: one that is listened at is systemd's, which a connection would make start one.
    if (!isListenedAt(task.socket)) await removeDeadSocket(task.socket);
    process.stdout.write(`${JSON.stringify({ undone })}\n`);
  } finally {
    leave();
  }
}

async function prepareSupervisor(task: HelperTask): Promise<{
  folder: RunFolder;
  leave: () => void;
  programs: Programs;
  supervisor: Supervisor;
}> {
  const { owner, dev } = task;
  if (process.getuid?.() !== 0) throw new FaultError(needsRoot);
  // Whoever started us may keep what root makes to root; the owner has to get through our folders to the socket.
  process.umask(0o022);
  checkOwnFiles(dev);
  const folder = new RunFolder(owner);
  const programs = new Programs(dev, join(__dirname, 'engine'));
  const release = await becomeOnlyHelper(folder, programs);
  const supervisor = new Supervisor({
    programs,
    folder,
    owner,
    clock: systemClock,
    log: logToStderr,
    resolverProgram,
    publicKeyOf,
    byWgQuick: task.kind === 'serve' && task.byWgQuick,
  });
  const leave = (): void => {
    release();
    folder.leave();
  };
  return { folder, leave, programs, supervisor };
}

/** What runs as root must be nobody's to change but root's. */
function checkOwnFiles(dev: boolean): void {
  const culprit = [__filename, resolverProgram, process.execPath]
    .map((path) => untrustedAncestor(realpathSync(path)))
    .find((found) => found !== null);
  if (culprit === undefined) return;
  const message = `The helper would run files as root that others can change: ${culprit.path} ${culprit.reason}.`;
  if (!dev) {
    const hint = 'Install Adit where only root can write, or add --dev if this is a checkout of your own.';
    throw new FaultError({ code: 'helper-files-untrusted', message, hint });
  }
  logToStderr('WARNING', { reason: message, because: '--dev was given' });
}

const needsRoot = {
  code: 'helper-needs-root',
  message: 'The helper changes the network of this machine, which only root may.',
  hint: 'Start it as root.',
  command: 'sudo npx adit helper',
} as const;

async function main(): Promise<void> {
  try {
    const task = readTask(process.argv.slice(2), process.env);
    refuseUnknownSystem(process.platform);
    await (task.kind === 'serve' ? serve(task) : recover(task));
  } catch (error) {
    const fault = faultOf(error);
    process.stdout.write(`${JSON.stringify({ error: fault })}\n`);
    process.stderr.write(`adit: ${fault.message}\n${fault.hint}\n`);
    process.exit(fault.code === 'wrong-usage' ? 2 : 1);
  }
}

void main();
