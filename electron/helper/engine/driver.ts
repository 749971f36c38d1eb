import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultError } from '../../../shared/fault.ts';
import { linkExists } from '../network/observe.ts';
import type { Programs } from '../system/programs.ts';
import { publicKeyOf } from '../system/public-key.ts';
import { ProgramError, run } from '../system/run.ts';
import type { Output } from '../system/run.ts';
import type { RunFolder } from '../system/run-folder.ts';
import { isUdpPortFree } from '../system/udp-port.ts';
import type { PreparedTunnel } from '../tunnels/prepared.ts';
import { endProcessesFor, engineProcessFor } from './engine-processes.ts';
import { EngineVersions } from './engine-version.ts';
import { KernelEngine } from './kernel.ts';
import { noSuchLink } from './link-makers.ts';
import type { LinkMaker } from './link-makers.ts';
import type { Engine } from './reading.ts';
import { uapiSocket, WireGuardGo } from './wireguard-go.ts';

/** What wireguard-go puts before what it says, on standard output: `ERROR: (home) 2026/01/01 00:00:00 `. */
const engineLogPrefix = /^ERROR: \(\S+\) [\d/]+ [\d:]+ /;

/** Milliseconds that an engine may take to answer before it counts as dead. */
const patience = 2_000;

/** Milliseconds that an engine may take to go after its interface. */
const goingTimeout = 1_000;

/** Makes and removes WireGuard interfaces: the kernel's, or else those of a wireguard-go, our own or else the system's. */
export class LinkDriver {
  readonly #programs: Programs;
  readonly #folder: RunFolder;
  readonly #versions: EngineVersions;
  readonly #maker: LinkMaker;

  constructor(programs: Programs, folder: RunFolder, maker: LinkMaker) {
    this.#programs = programs;
    this.#folder = folder;
    this.#versions = new EngineVersions(programs);
    this.#maker = maker;
  }

  /**
   * Makes the interface with its key, peers and MTU. {@link finish} has to follow when that is written down.
   *
   * @throws FaultError `interface-in-use`, `link-failed`, `tool-missing`, and then nothing of ours is left
   */
  async make(prepared: PreparedTunnel): Promise<void> {
    const name = prepared.tunnel.interface;
    const conf = confOf(name);
    if (linkExists(name)) throw new FaultError(interfaceInUse(name));
    // wireguard-go takes its port when it hears that the link is up, and tells nobody where it cannot.
    if (!isUdpPortFree(prepared.listenPort)) throw new FaultError(portInUse(name, prepared.listenPort));
    this.#folder.write(conf, this.#maker.conf(prepared));
    try {
      await this.#maker.make(prepared, join(this.#folder.path, conf));
    } catch (error) {
      const isForeign = !(await this.undo(name));
      throw isForeign && linkExists(name)
        ? new FaultError(interfaceInUse(name))
        : linkFailure(name, error, this.#programs.find('wireguard-go') !== null);
    }
  }

  /** What {@link make} has begun is finished, and written down. */
  finish(name: string): void {
    this.#folder.remove(confOf(name));
  }

  /** The interfaces that somebody began to make and did not finish: their files are there still. */
  unfinished(): string[] {
    return this.#folder
      .names()
      .filter((file) => file.endsWith('.conf'))
      .map((file) => file.slice(0, -'.conf'.length));
  }

  /**
   * Undoes what {@link make} has begun and not finished. An interface of that name may be somebody else's by now, who was quicker.
   *
   * @returns whether there was none but ours
   */
  async undo(name: string): Promise<boolean> {
    const isOurs = await this.#isOurs(name);
    if (isOurs) await this.remove(name);
    else await endProcessesFor(name);
    this.finish(name);
    return isOurs;
  }

  /** Whether an interface, if there is one, is what {@link make} has made of the file that is still there. */
  async #isOurs(name: string): Promise<boolean> {
    if (!linkExists(name) || engineProcessFor(name) !== null) return true;
    const [, privateKey = ''] = /^PrivateKey = (.+)$/m.exec(this.#folder.read(confOf(name)) ?? '') ?? [];
    const { stdout } = await run(this.#programs.path('wg'), ['show', name, 'public-key']).catch(nothing);
    // One of the kernel's has no key for a moment.
    return stdout.trim() === '(none)' || (privateKey !== '' && stdout.trim() === publicKeyOf(privateKey));
  }

  /** Connects to the engine of an interface that exists. */
  async attach(name: string): Promise<Engine> {
    return existsSync(uapiSocket(name)) ? WireGuardGo.attach(name) : new KernelEngine(name, this.#programs);
  }

  /** Whether an engine serves an interface that exists. */
  async isServed(name: string): Promise<boolean> {
    return existsSync(uapiSocket(name)) ? answers(name) : linkExists(name);
  }

  /** Removes the interface and ends its engine; either may be gone already, or come only now. */
  async remove(name: string): Promise<void> {
    await this.#deleteLink(name);
    const deadline = performance.now() + goingTimeout;
    while (existsSync(uapiSocket(name)) && (await answers(name)) && performance.now() < deadline)
      await sleep(5);
    await endProcessesFor(name);
    if (linkExists(name)) await this.#deleteLink(name);
    rmSync(uapiSocket(name), { force: true });
  }

  /** Of an interface that has gone, takes away the socket of an engine that was killed, which nobody else does. */
  forget(name: string): void {
    if (!linkExists(name)) rmSync(uapiSocket(name), { force: true });
  }

  async #deleteLink(name: string): Promise<void> {
    await run(this.#programs.path('ip'), ['link', 'delete', 'dev', name]).catch((error: unknown) => {
      if (!(error instanceof ProgramError) || !error.stderr.includes('Cannot find device')) throw error;
    });
  }

  /** The version of the engine that serves an interface; null where it cannot be told. */
  version(name: string, engine: Engine['name']): Promise<string | null> {
    return engine === 'kernel' ? readVersionOfModule() : this.#versions.of(name);
  }
}

/**
 * Whether a user-space engine answers at the socket of an interface: the file alone may be left from one that was killed, and
 * one that is stopped takes connections all the same.
 */
async function answers(name: string): Promise<boolean> {
  const engine = await WireGuardGo.attach(name).catch(() => null);
  if (engine === null) return false;
  const answer = await Promise.race([engine.read().catch(() => null), sleep(patience, null, { ref: false })]);
  engine.close();
  return answer !== null;
}

async function readVersionOfModule(): Promise<string | null> {
  const text = await readFile('/sys/module/wireguard/version', 'utf8').catch(() => null);
  return text?.trim() ?? null;
}

function confOf(name: string): string {
  return `${name}.conf`;
}

const nothing = (): Pick<Output, 'stdout'> => ({ stdout: '' });

const otherPort = 'Take ListenPort out of the profile, or change it.';

const noEngine: FaultError['fault'] = {
  code: 'tool-missing',
  message: 'This kernel has no WireGuard, and wireguard-go is not installed.',
  hint: 'Everything was undone. Install the package wireguard-go.',
  command: 'apt-get install wireguard-go',
};

function interfaceInUse(name: string): FaultError['fault'] {
  return {
    code: 'interface-in-use',
    message: `There is an interface ${name} already, which Adit did not make.`,
    hint: `If wg-quick made it, "wg-quick down ${name}" removes it. Or rename the profile.`,
  };
}

function portInUse(name: string, port: number): FaultError['fault'] {
  return {
    code: 'link-failed',
    message: `The interface ${name} could not be made: another program uses UDP port ${port}.`,
    hint: otherPort,
  };
}

function linkFailure(name: string, error: unknown, hasWireguardGo: boolean): unknown {
  if (!(error instanceof ProgramError)) return error;
  if (error.stoppedAfter !== null) return new FaultError(linkTooSlow(name, error, error.stoppedAfter));
  if (!hasWireguardGo && noSuchLink.test(error.stderr)) return new FaultError(noEngine);
  // wg-quick prints each command after "[#]", and ends with removing what may not be there; what is left is what went wrong.
  const said = `${error.stderr}\n${error.stdout}`;
  const complaints = said
    .split('\n')
    .map((line) => line.trim().replace(engineLogPrefix, ''))
    .filter((line) => line !== '' && !/^\[[#!]\]|^[┌│└]|^Cannot find device/.test(line));
  return new FaultError({
    code: 'link-failed',
    message: `The interface ${name} could not be made: ${complaints.at(-1) ?? error.message}`,
    hint: hintFor(said),
  });
}

function linkTooSlow(name: string, { program }: ProgramError, milliseconds: number): FaultError['fault'] {
  return {
    code: 'link-failed',
    message: `The interface ${name} could not be made: ${program} had not ended after ${milliseconds / 1000} s.`,
    hint: 'Everything was undone. Run that program by hand to see what it waits for.',
  };
}

function hintFor(said: string): string {
  if (said.includes('/dev/net/tun'))
    return 'Load the tun module ("modprobe tun"), or give this container /dev/net/tun.';
  if (said.includes('Address already in use')) return `Another program uses the UDP port. ${otherPort}`;
  return 'Everything was undone. "adit check" on the profile may tell what the system does not take.';
}
