import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endingWithUs, Running } from '../running.ts';
import { CertificateAuthority } from './authority.ts';
import type { SignedPair, Subject } from './authority.ts';
import type { KubePrograms } from './programs.ts';

/** What a real API server has answered. */
export interface KubeAnswer {
  readonly status: number;
  readonly value: unknown;
}

/** Milliseconds for etcd and the API server to stand. */
const PATIENCE_MS = 60_000;

/** An administrator, whom no role has to allow anything. */
const administrator: Subject = { name: 'admin', groups: ['system:masters'] };

/**
 * A real API server of Kubernetes on loopback, with a database of its own. There are no controllers and no kubelets: tests write the
 * objects. It takes client certificates, RBAC decides.
 */
export class KubeCluster implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly authority: CertificateAuthority;
  readonly #admin: SignedPair;
  readonly #database: Running;
  readonly #start: () => Running;
  #server: Running;

  private constructor(
    port: number,
    folder: string,
    authority: CertificateAuthority,
    database: Running,
    start: () => Running,
  ) {
    this.port = port;
    this.folder = folder;
    this.authority = authority;
    this.#admin = authority.sign(administrator);
    this.#database = database;
    this.#start = start;
    this.#server = start();
  }

  /** Starts it, and waits until it is ready. */
  static async start({ apiServer, etcd }: KubePrograms): Promise<KubeCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'adit-kube-'));
    try {
      return await KubeCluster.#startIn(folder, { apiServer, etcd });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  static async #startIn(folder: string, { apiServer, etcd }: KubePrograms): Promise<KubeCluster> {
    const authority = new CertificateAuthority(folder);
    const alternatives = ['DNS:kubernetes', 'IP:127.0.0.1'];
    const server = authority.sign({ name: 'kube-apiserver', alternatives });
    await writeFile(join(folder, 'server.crt'), server.certificate);
    await writeFile(join(folder, 'server.key'), server.key);
    const accounts = join(folder, 'accounts.key');
    execFileSync('openssl', ['genrsa', '-out', accounts, '2048'], { stdio: 'ignore' });
    const [port, client, peer] = [await freePort(), await freePort(), await freePort()];
    const database = new Running('etcd', [
      ...endingWithUs,
      etcd,
      `--data-dir=${join(folder, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ]);
    const serverWords = [
      ...endingWithUs,
      apiServer,
      `--etcd-servers=http://127.0.0.1:${client}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${port}`,
      `--cert-dir=${folder}`,
      `--tls-cert-file=${join(folder, 'server.crt')}`,
      `--tls-private-key-file=${join(folder, 'server.key')}`,
      `--client-ca-file=${join(folder, 'ca.crt')}`,
      `--service-account-key-file=${accounts}`,
      `--service-account-signing-key-file=${accounts}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.43.0.0/16',
      '--authorization-mode=RBAC',
      '--disable-admission-plugins=ServiceAccount',
    ];
    const start = () => new Running('kube-apiserver', serverWords);
    const cluster = new KubeCluster(port, folder, authority, database, start);
    try {
      await cluster.#ready();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The processes of the API server and of its database. */
  get processes(): number[] {
    return [this.#server, this.#database].flatMap(({ pid }) => pid ?? []);
  }

  /** Stops the API server where it stands, as a machine that hangs, or lets it go on. */
  async hang(hangs: boolean): Promise<void> {
    await this.#server.kill(hangs ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends the API server; its database stays. */
  async endServer(): Promise<void> {
    await end(this.#server);
  }

  /** Starts the API server again after its end, and waits until it is ready. */
  async startServer(): Promise<void> {
    this.#server = this.#start();
    await this.#ready();
  }

  /** Asks as the administrator. */
  ask(method: string, path: string, body?: unknown): Promise<KubeAnswer> {
    return new Promise((resolve, reject) => {
      const { certificate: cert, key } = this.#admin;
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const asking = request(
        {
          ...{ host: '127.0.0.1', port: this.port, method, path, agent: false },
          ...{ ca: this.authority.certificate, cert, key },
          headers: { 'content-type': type },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () => {
            const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
            resolve({ status: response.statusCode ?? 0, value: isJson ? JSON.parse(text) : text });
          });
        },
      );
      asking.on('error', reject);
      asking.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Changes something as the administrator. @throws where the server does not do it */
  async write(method: string, path: string, body?: unknown): Promise<void> {
    const { status, value } = await this.ask(method, path, body);
    if (status < 200 || status > 299)
      throw new Error(`${method} ${path}: ${status} ${JSON.stringify(value)}`);
  }

  /** Waits until something is there: the server makes some objects by itself, and serves a definition a moment after it is taken. */
  async there(path: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await this.ask('GET', path)).status !== 200) {
      if (Date.now() > deadline) throw new Error(`${path} is not there`);
      await sleep(100);
    }
  }

  /** The kubeconfig of a user, with a certificate. */
  kubeconfig(subject: Subject = administrator, cluster: Readonly<Record<string, unknown>> = {}): string {
    const { certificate, key } = this.authority.sign(subject);
    const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
    return this.kubeconfigFor(user, cluster);
  }

  /** A kubeconfig for whoever logs in by something else. */
  kubeconfigFor(
    user: Readonly<Record<string, unknown>>,
    cluster: Readonly<Record<string, unknown>> = {},
  ): string {
    const server = {
      server: `https://127.0.0.1:${this.port}`,
      'certificate-authority-data': base64(this.authority.certificate),
    };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lab', cluster: { ...server, ...cluster } }],
      users: [{ name: 'me', user }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
      'current-context': 'lab',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of [this.#server, this.#database]) await end(program);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    const kube = this.#server;
    const deadline = Date.now() + PATIENCE_MS;
    while (kube.running && Date.now() < deadline) {
      const status = await this.ask('GET', '/readyz').then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      await sleep(100);
    }
    throw new Error(`kube-apiserver is not ready: ${kube.errorLines.slice(-10).join('\n')}`);
  }
}

/** The API server waits for its requests, watches among them; there is nothing of it to be kept. */
async function end(program: Running): Promise<void> {
  await program.kill('SIGKILL');
  await program.stop();
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A port of loopback that nobody has at the moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
