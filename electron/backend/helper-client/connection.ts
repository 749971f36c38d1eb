import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { isJSONRPCResponse, JSONRPCClient, JSONRPCErrorException } from 'json-rpc-2.0';
import { frame, FrameReader, responseLimitBytes } from '../../../shared/contract/helper/framing.ts';
import { faultMessage } from '../../../shared/contract/helper/messages.ts';
import { changeNotification, helperProtocol, resultSchema } from '../../../shared/contract/helper/verbs.ts';
import type { HelperQuestion, HelperResult, HelperVerb } from '../../../shared/contract/helper/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import { connectFailure, trustedSocket } from './find.ts';

/** Milliseconds a verb may take, beside what it is asked to wait. */
const answerDeadline: Readonly<Record<HelperVerb, number>> = {
  hello: 5_000,
  status: 10_000,
  watch: 10_000,
  up: 60_000,
  down: 30_000,
  plan: 20_000,
  explain: 20_000,
  openUplink: 20_000,
  recover: 60_000,
};

/** A connection to the helper, after both sides have said hello. */
export class HelperConnection {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #reader = new FrameReader(responseLimitBytes);
  readonly #rpc: JSONRPCClient;
  readonly #ended: Promise<never>;
  #changed: ((change: TunnelChange) => void) | null = null;
  #failure: FaultError | null = null;
  /** What the helper says of itself. */
  #version = '';

  private constructor(path: string, socket: Socket) {
    this.#path = path;
    this.#socket = socket;
    this.#rpc = new JSONRPCClient((request: unknown) => {
      socket.write(frame(Buffer.from(JSON.stringify(request))));
    });
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => undefined);
    this.#ended = new Promise((_, reject) => {
      socket.once('close', () => reject(this.#failure ?? new FaultError(lost(path))));
    });
    this.#ended.catch(() => undefined);
  }

  /**
   * Connects, after checking that the socket can be trusted, and says hello.
   *
   * @throws FaultError `helper-not-running`, `helper-not-ours`, `helper-too-old`, `helper-too-new`, `helper-full`, `helper-lost`, `helper-timeout`
   */
  static async open(path: string): Promise<HelperConnection> {
    const connection = new HelperConnection(path, await connectTo(path));
    try {
      const { protocol, version } = await connection.ask('hello', { protocol: helperProtocol });
      if (protocol !== helperProtocol) throw new FaultError(otherProtocol(protocol, version));
      connection.#version = version;
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** The version of the helper. */
  get version(): string {
    return this.#version;
  }

  /**
   * Asks the helper for something.
   *
   * @param patience milliseconds it may take beyond the usual
   * @throws FaultError whatever the helper refuses with; `helper-lost`, `helper-timeout`
   */
  async ask<V extends HelperVerb>(
    verb: V,
    question: HelperQuestion<V>,
    patience = 0,
  ): Promise<HelperResult<V>> {
    const deadline = answerDeadline[verb] + patience;
    const timedOut = { timer: null as NodeJS.Timeout | null };
    const timeout = new Promise<never>((_, reject) => {
      timedOut.timer = setTimeout(() => reject(new FaultError(tooSlow(verb, deadline))), deadline);
    });
    try {
      const answer: unknown = await Promise.race([this.#rpc.request(verb, question), this.#ended, timeout]);
      const result = resultSchema(verb).safeParse(answer);
      if (!result.success) throw new FaultError(notUnderstood(this.#path));
      return result.data;
    } catch (error) {
      throw faultInAnswer(error);
    } finally {
      if (timedOut.timer !== null) clearTimeout(timedOut.timer);
    }
  }

  /** Asks for the state of all tunnels, and calls `listener` for every change from then on. */
  watch(listener: (change: TunnelChange) => void): Promise<HelperResult<'watch'>> {
    this.#changed = listener;
    return this.ask('watch', {});
  }

  /** Calls `listener` once when the connection ends. */
  onEnd(listener: (fault: Fault) => void): void {
    this.#ended.catch((error: unknown) =>
      listener(error instanceof FaultError ? error.fault : lost(this.#path)),
    );
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const body of this.#reader.push(chunk)) this.#take(JSON.parse(Buffer.from(body).toString('utf8')));
    } catch {
      this.#failure = new FaultError(notUnderstood(this.#path));
      this.close();
    }
  }

  #take(message: unknown): void {
    if (isJSONRPCResponse(message)) {
      // What answers no question of ours is why the helper does not take us, and closes.
      if (message.id === null) this.#failure = refusalIn(message.error?.data);
      else this.#rpc.receive(message);
      return;
    }
    const change = changeNotification.params.parse((message as { params?: unknown } | null)?.params);
    this.#changed?.(change);
  }
}

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(trustedSocket(path));
    socket.once('error', (error) => reject(connectFailure(path, error)));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** The fault that the helper sent, or whatever else went wrong. */
function faultInAnswer(error: unknown): unknown {
  if (!(error instanceof JSONRPCErrorException)) return error;
  const fault = faultMessage.safeParse(error.data);
  if (fault.success) return new FaultError(fault.data);
  return new FaultError({
    code: 'request-invalid',
    message: `The helper did not take the request: ${error.message}.`,
    hint: 'Restart the helper, so that it and this program are of one version.',
  });
}

/** The fault in a refusal; null where there is none. */
function refusalIn(data: unknown): FaultError | null {
  const fault = faultMessage.safeParse(data);
  return fault.success ? new FaultError(fault.data) : null;
}

function lost(path: string): Fault {
  return {
    code: 'helper-lost',
    message: `The helper at ${path} went away before it had answered.`,
    hint: 'Start it again: it undoes what was left half-done, and brings back the tunnels that were up. Or undo everything now.',
    command: 'sudo npx adit recover',
  };
}

function tooSlow(verb: HelperVerb, deadline: number): Fault {
  return {
    code: 'helper-timeout',
    message: `The helper did not answer "${verb}" within ${deadline / 1000} s.`,
    hint: 'It may be waiting for the system. Look at what it logs; restarting it keeps nothing half-done.',
  };
}

function notUnderstood(path: string): Fault {
  return {
    code: 'helper-not-ours',
    message: `What listens at ${path} does not speak as Adit’s helper does.`,
    hint: 'Check ADIT_SOCKET, or restart the helper, so that it and this program are of one version.',
  };
}

function otherProtocol(protocol: number, version: string): Fault {
  const isOld = protocol < helperProtocol;
  return {
    code: isOld ? 'helper-too-old' : 'helper-too-new',
    message: `The helper that runs is of version ${version} and speaks contract ${protocol}; this program speaks ${helperProtocol}.`,
    hint: isOld
      ? 'Restart the helper: it was started before the last update.'
      : 'Update this program, or end the newer helper.',
  };
}
