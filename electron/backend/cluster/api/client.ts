import type { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiAccess } from './access.ts';
import { agentFor } from './agent.ts';
import { connectionFault, unauthorized } from './failures.ts';
import type { Credentials } from './login.ts';
import { usualPatience } from './patience.ts';
import type { Patience } from './patience.ts';
import { protobufType, readProtobuf } from './protobuf.ts';
import { GivenUp, send } from './send.ts';
import type { ApiRequest, RawAnswer } from './send.ts';

/** What an API server has answered. */
export interface ApiAnswer {
  readonly status: number;
  /** The server's own time; Unix seconds. Null where it does not tell. */
  readonly date: number | null;
  /** What it is, as JSON has it; undefined for what is neither that nor what {@link readProtobuf} reads. */
  readonly value: unknown;
  /** The beginning of it, as it came. */
  readonly sample: string;
}

/** How often a server that has too much to do is asked again. */
const mostTries = 4;

/** The longest that a server which has too much to do is left alone; seconds. */
const longestPause = 5;

/** Talks to one API server, as one user. It keeps connections, so it has to be closed. */
export class ApiClient {
  readonly access: ApiAccess;
  /** Settles when the server has given something that was asked for, the first time. */
  readonly served: Promise<void>;
  #noteServed: () => void = () => undefined;
  readonly #patience: Patience;
  #agent: { readonly agent: Agent; readonly credentials: Credentials } | null = null;
  #isClosed = false;

  constructor(access: ApiAccess, patience: Patience = usualPatience) {
    this.access = access;
    this.#patience = patience;
    this.served = new Promise((resolve) => (this.#noteServed = resolve));
  }

  /**
   * Asks one thing. What the server refuses is an answer too, but for a user whom it does not know.
   *
   * @throws FaultError `api-unreachable`, `api-on-loopback`, `api-certificate-untrusted`, `api-timeout`, `api-answer-broken`,
   * `api-unauthorized`, `client-certificate-expired`, and those of exec plugins
   */
  async ask(request: ApiRequest): Promise<ApiAnswer> {
    for (let tries = 1; ; tries++) {
      const credentials = await this.access.login.credentials();
      const answer = await this.#send(request, credentials);
      const date = dateOf(answer);
      if (answer.status === 401) {
        if (this.access.login.renew()) continue;
        throw unauthorized(this.access, credentials, date);
      }
      if (answer.status === 429 && tries < mostTries) {
        await delay(pauseOf(answer) * 1000);
        continue;
      }
      if (answer.status === 200) this.#noteServed();
      const sample = answer.bytes.toString('utf8', 0, 2000);
      return { status: answer.status, date, value: valueIn(answer), sample };
    }
  }

  /** Ends the connections. What is asked from then on is refused. */
  close(): void {
    this.#isClosed = true;
    this.#agent?.agent.destroy();
    this.#agent = null;
  }

  async #send(request: ApiRequest, credentials: Credentials): Promise<RawAnswer> {
    const { authorization } = credentials;
    const headers = [
      ...this.access.headers,
      ...(authorization === null ? [] : [['Authorization', authorization] as const]),
    ];
    try {
      // What is asked beside a question that has failed would open a connection anew, and nobody would wait for it.
      if (this.#isClosed) throw new GivenUp('broken', 'It was called off.');
      return await send(this.access.server, request, headers, this.#agentFor(credentials), this.#patience);
    } catch (error) {
      throw connectionFault(this.access, error);
    }
  }

  /** A connection is somebody's, by the certificate. */
  #agentFor(credentials: Credentials): Agent {
    const known = this.#agent;
    if (known !== null && known.credentials.certificate?.certificate === credentials.certificate?.certificate)
      return known.agent;
    known?.agent.destroy();
    const agent = agentFor(this.access, credentials, this.#patience.silence);
    this.#agent = { agent, credentials };
    return agent;
  }
}

function dateOf({ headers }: RawAnswer): number | null {
  const time = Date.parse(headers.date ?? '');
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

/** Seconds. */
function pauseOf({ headers }: RawAnswer): number {
  const asked = Number(headers['retry-after'] ?? 1);
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 0), longestPause) : 1;
}

function valueIn({ headers, bytes }: RawAnswer): unknown {
  if (headers['content-type']?.startsWith(protobufType) === true) return readProtobuf(bytes);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
