import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its key, in PEM. */
export interface SignedPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate is for. */
export interface Subject {
  readonly name: string;
  /** What Kubernetes takes for the groups of a user. */
  readonly groups?: readonly string[];
  /** For servers: `DNS:kubernetes`, `IP:127.0.0.1`. */
  readonly alternatives?: readonly string[];
  /** How long it is good for; null for one that has expired. */
  readonly days?: number | null;
}

/** Signs the certificates of one cluster: those of its servers and of its users. */
export class CertificateAuthority {
  readonly certificate: string;
  readonly #folder: string;
  #serial = 0;

  /** @param folder where its files are kept */
  constructor(folder: string) {
    this.#folder = folder;
    const words = [
      'req',
      '-x509',
      '-subj',
      '/CN=adit-lab',
      '-days',
      '2',
      '-out',
      'ca.crt',
      '-keyout',
      'ca.key',
    ];
    this.#openssl(...words, ...newKey);
    this.certificate = this.#read('ca.crt');
  }

  /** A new certificate of somebody's. */
  sign({ name, groups = [], alternatives = [], days = 1 }: Subject): SignedPair {
    const file = `${++this.#serial}`;
    const subject = [...groups.map((group) => `/O=${group}`), `/CN=${name}`].join('');
    this.#openssl('req', '-subj', subject, '-out', `${file}.csr`, '-keyout', `${file}.key`, ...newKey);
    const names = alternatives.length === 0 ? [] : [`subjectAltName=${alternatives.join(',')}`];
    writeFileSync(
      join(this.#folder, `${file}.ext`),
      ['extendedKeyUsage=clientAuth,serverAuth', ...names].join('\n'),
    );
    const signing = [
      'x509',
      '-req',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-set_serial',
      `${Date.now()}${file}`,
    ];
    const files = ['-in', `${file}.csr`, '-out', `${file}.crt`, '-extfile', `${file}.ext`];
    this.#openssl(...signing, ...files, '-days', String(days ?? -1));
    return { certificate: this.#read(`${file}.crt`), key: this.#read(`${file}.key`) };
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #openssl(...words: readonly string[]): void {
    execFileSync('openssl', words, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
