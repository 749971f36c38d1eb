import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Log } from '../system/log.ts';
import { programEnvironment } from '../system/programs.ts';
import type { Programs } from '../system/programs.ts';
import { resolverNumbers } from '../system/resolver-user.ts';
import { addressesInHosts } from './hosts-file.ts';
import { lookUpBySystem } from './system-lookup.ts';
import { LineReader, mostAddresses, mostQuestions } from './wire.ts';
import type { Answer, Lookup, LookupFailure, Question } from './wire.ts';

/** Milliseconds that a name may take, and with a child that has to be started first. */
const deadline = 5_000;
const deadlineWithStart = deadline + 1_500;

/** Milliseconds without a question after which the child is let go. */
const idleTime = 30_000;

/** MiB of JavaScript heap that the child may use. */
const childMemory = 64;

const failures: ReadonlySet<string> = new Set<LookupFailure>(['no-name', 'no-address', 'no-answer']);

interface Asked {
  readonly question: Question;
  readonly settle: (lookup: Lookup | 'child-failed') => void;
}

/** A child, and whether it has ever answered. */
interface Child {
  readonly process: ChildProcess;
  readonly questions: Writable;
  hasAnswered: boolean;
}

/**
 * Looks up names outside the tunnels: /etc/hosts by itself, all else by a child of a user of its own, for whom a rule of routing leaves
 * the way to name servers open. The child is there while there are questions, and cannot outlive the helper.
 */
export class OutsideResolver {
  readonly #program: string;
  readonly #programs: Programs;
  readonly #servers: () => Promise<readonly string[]>;
  readonly #log: Log;
  /** Names that are being looked up: two who ask for one share the answer. */
  readonly #open = new Map<string, Promise<Lookup>>();
  readonly #asked = new Map<number, Asked>();
  #waiting: Asked[] = [];
  #child: Child | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastId = 0;

  /**
   * @param program the bundle of the child
   * @param servers the name servers of the uplink now
   */
  constructor(program: string, programs: Programs, servers: () => Promise<readonly string[]>, log: Log) {
    this.#program = program;
    this.#programs = programs;
    this.#servers = servers;
    this.#log = log;
  }

  /** The addresses of a name, or why it has none. Takes 6.5 s at most, unless very many are asked for. @throws FaultError `tool-missing` */
  lookUp(name: string): Promise<Lookup> {
    const open = this.#open.get(name);
    if (open !== undefined) return open;
    const lookup = this.#lookUp(name).finally(() => this.#open.delete(name));
    this.#open.set(name, lookup);
    return lookup;
  }

  /** Lets the child go; whoever waits for it gets no answer. */
  stop(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#child?.process.kill('SIGKILL');
  }

  async #lookUp(name: string): Promise<Lookup> {
    const addresses = await addressesInHosts(name);
    if (addresses.length > 0) return { kind: 'found', addresses };
    const servers = await this.#servers();
    const outcome = await this.#ask({ id: ++this.#lastId, name, servers, deadline });
    // Better inside the tunnels than not at all.
    return outcome === 'child-failed' ? lookUpBySystem(name) : outcome;
  }

  #ask(question: Question): Promise<Lookup | 'child-failed'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => asked.settle({ kind: 'none', reason: 'no-answer' }), deadlineWithStart);
      const asked: Asked = {
        question,
        settle: (lookup) => {
          clearTimeout(timer);
          this.#asked.delete(question.id);
          this.#waiting = this.#waiting.filter((other) => other !== asked);
          resolve(lookup);
          this.#sendNext();
          this.#restWhenIdle();
        },
      };
      this.#waiting.push(asked);
      this.#sendNext();
    });
  }

  #sendNext(): void {
    while (this.#asked.size < mostQuestions) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (this.#idle !== null) clearTimeout(this.#idle);
      this.#child ??= this.#start();
      this.#asked.set(next.question.id, next);
      this.#child.questions.write(`${JSON.stringify(next.question)}\n`);
    }
  }

  #start(): Child {
    const process = this.#spawn();
    const { stdout, stdio } = process;
    const questions = stdio[3] as Writable;
    const child: Child = { process, questions, hasAnswered: false };
    const lines = new LineReader();
    questions.on('error', () => undefined);
    stdout?.setEncoding('utf8');
    stdout?.on('data', (part: string) => {
      try {
        for (const line of lines.take(part)) this.#take(line, child);
      } catch (error) {
        this.#log('resolver-unreadable', { reason: String(error) });
        process.kill('SIGKILL');
      }
    });
    process.on('error', () => this.#ended(child));
    process.on('close', () => this.#ended(child));
    return child;
  }

  /** Runtime and program are opened here, by root: the child's user may not be able to read either, as in a checkout in somebody's home. */
  #spawn(): ChildProcess {
    const { user, group } = resolverNumbers();
    const setpriv = this.#programs.path('setpriv');
    const runtime = openSync(process.execPath, 'r');
    const program = openSync(this.#program, 'r');
    const words = [
      ...['--reuid', String(user), '--regid', String(group), '--clear-groups', '--no-new-privs'],
      ...['--bounding-set', '-all', '--inh-caps', '-all', '--pdeathsig', 'KILL', '--'],
      ...['/proc/self/fd/4', `--max-old-space-size=${childMemory}`, '-'],
    ];
    try {
      return spawn(setpriv, words, {
        cwd: '/',
        // Electron's own program is Node where it is told to be.
        env: { ...programEnvironment, ELECTRON_RUN_AS_NODE: '1' },
        detached: true,
        stdio: [program, 'pipe', 'ignore', 'pipe', runtime],
      });
    } finally {
      closeSync(runtime);
      closeSync(program);
    }
  }

  /** @throws where the line is no answer */
  #take(line: string, child: Child): void {
    const answer = JSON.parse(line) as Partial<Answer> | null;
    const asked = this.#asked.get(answer?.id ?? 0);
    if (answer === null || asked === undefined) return;
    child.hasAnswered = true;
    asked.settle(readLookup(answer));
  }

  #ended(child: Child): void {
    if (this.#child !== child) return;
    this.#child = null;
    const asked = [...this.#asked.values()];
    if (!child.hasAnswered && asked.length > 0) this.#log('resolver-failed', { program: this.#program });
    const outcome = child.hasAnswered ? ({ kind: 'none', reason: 'no-answer' } as const) : 'child-failed';
    for (const each of asked) each.settle(outcome);
  }

  #restWhenIdle(): void {
    if (this.#asked.size > 0 || this.#waiting.length > 0) return;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#child?.questions.end();
      this.#child = null;
    }, idleTime).unref();
  }
}

/** An answer as the child may give it: what reads packets from the network is not believed a shape. */
function readLookup(answer: object): Lookup {
  const { kind, addresses, reason } = answer as Record<string, unknown>;
  if (kind === 'found' && Array.isArray(addresses)) {
    const usable = addresses
      .slice(0, mostAddresses)
      .filter((address): address is string => typeof address === 'string' && parseAddress(address) !== null);
    if (usable.length > 0) return { kind: 'found', addresses: usable };
  }
  const isReason = typeof reason === 'string' && failures.has(reason);
  return { kind: 'none', reason: isReason ? (reason as LookupFailure) : 'no-answer' };
}
