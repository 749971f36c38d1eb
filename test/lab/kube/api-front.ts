import { EventEmitter, once } from 'node:events';
import { createServer, request } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeCluster } from './cluster.ts';

/** What the front does with those who ask. */
export type FrontState =
  /** The API server answers them, whose `Date` is so many seconds ahead. */
  | { readonly kind: 'open'; readonly ahead: number }
  /** Nobody listens. */
  | { readonly kind: 'refusing' }
  /** Connections are taken, and nothing is answered. */
  | { readonly kind: 'hanging' }
  /** All is answered with an error of the server. */
  | { readonly kind: 'failing' };

/** What an API server says whose database is away. */
const serverError = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'etcdserver: request timed out',
  code: 500,
};

/**
 * What stands before the API server of a cluster, on loopback: a balancer that may be away, and whose API may be of a later time. It asks
 * as the administrator, whoever asks.
 */
export class ApiFront implements AsyncDisposable {
  readonly kubeconfig: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #listed = new EventEmitter();
  #state: FrontState = { kind: 'open', ahead: 0 };

  private constructor(server: Server, port: number, kubeconfig: string) {
    this.#server = server;
    this.#port = port;
    this.kubeconfig = kubeconfig;
  }

  /** Starts it, open. */
  static async start(cluster: KubeCluster): Promise<ApiFront> {
    const { certificate: cert, key } = cluster.authority.sign({
      name: 'front',
      alternatives: ['IP:127.0.0.1'],
    });
    const admin = cluster.authority.sign({ name: 'admin', groups: ['system:masters'] });
    const server = createServer({ cert, key });
    const port = await listen(server, 0);
    const kubeconfig = cluster.kubeconfig(undefined, { server: `https://127.0.0.1:${port}` });
    const front = new ApiFront(server, port, kubeconfig);
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      const state = front.#state;
      if (state.kind === 'failing') {
        answer.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(serverError));
      } else if (state.kind === 'open') {
        const { method = 'GET', url = '/', headers } = asked;
        const passing = request(
          {
            ...{ host: '127.0.0.1', port: cluster.port, method, path: url, headers, agent: false },
            ...{ ca: cluster.authority.certificate, cert: admin.certificate, key: admin.key },
          },
          (response) => {
            const { date = '' } = response.headers;
            const later = new Date(Date.parse(date) + state.ahead * 1000).toUTCString();
            answer.writeHead(response.statusCode ?? 502, { ...response.headers, date: later });
            response.on('error', () => answer.destroy()).pipe(answer);
            if (url.startsWith('/api/v1/nodes')) answer.on('finish', () => front.#listed.emit('nodes'));
          },
        );
        passing.on('error', () => answer.destroy());
        answer.on('close', () => passing.destroy());
        asked.pipe(passing);
      }
    });
    return front;
  }

  /** Does so from now on; connections that stand are broken. */
  async be(state: FrontState): Promise<void> {
    const isListening = this.#state.kind !== 'refusing';
    this.#state = state;
    this.#server.closeAllConnections();
    if (state.kind === 'refusing' && isListening) {
      this.#server.close();
    } else if (state.kind !== 'refusing' && !isListening) {
      await listen(this.#server, this.#port);
    }
  }

  /** Waits until the nodes have been listed so often: who lists them once more is done with what was said before. */
  async listings(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await once(this.#listed, 'nodes');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.be({ kind: 'refusing' });
  }
}

/** @returns the port */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
