/**
 * `npm run demo`: a cluster over four clouds on this one machine, reached from a laptop with Adit. Everything in it is real but the
 * distance: WireGuard on every node, and the product as it is installed.
 *
 * With a terminal it goes on until Ctrl-C; without one it ends when traffic has flowed. Nothing is left behind either way. Where the
 * one who called sudo has a display and an Electron, the interface opens there, and all but the network is that person's.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackages, isDebian } from '../../build/debian.ts';
import { openInterface } from './demo/interface.ts';
import { LiveView } from './demo/live-view.ts';
import { identityOf } from './demo/person.ts';
import { findWindow } from './demo/window.ts';
import type { WindowChoice } from './demo/window.ts';
import { callerSeenBy } from './measure.ts';
import { PingStream } from './ping-stream.ts';
import { AditClient, aditProgram } from './product/client.ts';
import type { HelperOptions } from './product/client.ts';
import { isRoot, missingTools, obstacles } from './requirements.ts';
import type { FourClouds } from './scenarios/four-clouds.ts';
import { openFourClouds } from './scenarios/four-clouds.ts';

/** Milliseconds for which the live view is shown where no terminal is attached. */
const shortView = 4_000;

const hasTerminal = process.stdout.isTTY;

process.exitCode = (await canRun()) ? await demo().catch(fail) : 1;

/** Makes this machine ready as far as that can be done, and says what is left to do where it cannot. */
async function canRun(): Promise<boolean> {
  if (!isRoot()) {
    say('The demo makes network namespaces and a real WireGuard tunnel in them, which takes root:');
    say('  sudo npm run demo');
    return false;
  }
  const missing = missingTools();
  if (missing.length > 0 && isDebian()) {
    say(`Installing Debian packages: ${missing.join(' ')}`);
    installPackages(missing);
  }
  const found = obstacles();
  for (const { message, command } of found) say(command === undefined ? message : `${message}\n  ${command}`);
  if (found.length === 0 && !existsSync(aditProgram)) {
    say('The program is not built yet:\n  npm run build');
    return false;
  }
  return Promise.resolve(found.length === 0);
}

/** Shows everything, and gives the exit code: 0 once traffic has flowed. */
async function demo(): Promise<number> {
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  // A terminal that was closed takes no more words; what stands has to be taken down all the same.
  process.stdout.on('error', () => undefined);
  const choice = await findWindow(process.env);
  say('Building a Kubernetes cluster over four clouds, in network namespaces of this machine ...');
  await using stage = await openFourClouds();
  for (const [host, what] of stage.places) say(`  ${host.name.padEnd(11)} ${what}`);

  await using adit = await AditClient.start(stage.client, stage.lab.folder, userOf(choice));
  const missed = await connect(stage, adit);
  const opened = await openInterface(adit, choice);
  say(`\n${opened.words}`);
  try {
    await watch(stage, adit, Promise.race([interrupted, opened.ended, stage.lab.ended]));
  } finally {
    await opened.close();
  }
  say('\nTaking everything down ...');
  await adit.run('down', '--all');
  if (missed.length === 0) return 0;
  say(`No traffic flowed to: ${missed.join(', ')}`);
  return 1;
}

/** With a window, everything but the network is that person's. */
function userOf(choice: WindowChoice): HelperOptions {
  if (choice.kind === 'none') return {};
  const { person } = choice;
  const { uid, gid } = person;
  return { user: { uid, gid, identity: identityOf(person) } };
}

/** Does what a user would, and gives what could not be reached. */
async function connect({ client, profile, reachable }: FourClouds, adit: AditClient): Promise<string[]> {
  const downloads = await mkdtemp(join(tmpdir(), 'adit-demo-'));
  try {
    const file = join(downloads, `${profile.name}.conf`);
    await writeFile(file, profile.text, { mode: 0o600 });
    for (const path of [downloads, file]) await adit.give(path);
    await command(adit, 'import', file);
    await command(adit, 'up', profile.name, '--wait');
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
  say('\nFrom the laptop, through the tunnel:');
  const missed: string[] = [];
  for (const { what, url, caller } of reachable) {
    const seen = await callerSeenBy(client, url).catch(() => null);
    say(
      `  ${seen === null ? 'no answer from' : 'answered by'} ${url.padEnd(24)} ${what}${seen === null ? '' : `, which sees ${seen}`}`,
    );
    if (seen !== caller) missed.push(url);
  }
  return missed;
}

/** Shows the peers live while traffic goes to every pod, until `end`, or for a short time where nobody watches. */
async function watch({ client, pods }: FourClouds, adit: AditClient, end: Promise<unknown>): Promise<void> {
  const addresses = Object.keys(pods).map((_, index) => `10.42.${index}.10`);
  await using streams = new AsyncDisposableStack();
  for (const address of addresses) streams.use(new PingStream(client, address, { intervalMs: 250 }));
  await using view = LiveView.start(adit);
  if (hasTerminal) {
    say('Live state of the tunnel. Ctrl-C takes everything down.\n');
    await Promise.race([view.ended, end]);
  } else {
    await view.showOnce(Promise.race([sleep(shortView, undefined, { ref: false }), end]));
  }
}

/** Runs a command as a user would type it, and shows both the command and what it says. */
async function command(adit: AditClient, ...words: string[]): Promise<void> {
  say(`\n$ npx adit ${words.join(' ')}`);
  const { stdout, stderr } = await adit.run(...words);
  say(`${stdout}${stderr}`.trimEnd());
}

/** Says why it could not be shown. By now everything has been taken down. */
function fail(error: unknown): number {
  say(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
}

function say(text: string): void {
  console.log(text);
}
