import { randomBytes } from 'node:crypto';
import { zeroKey } from '../../../shared/config/index.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { ChangedPeer, PeerChanges } from './peer-changes.ts';
import type { Engine, EngineChange, PeerReading } from './reading.ts';
import { UapiConnection } from './uapi-connection.ts';
import { hexOfBase64, UapiDecoder } from './uapi-reading.ts';

const keyBytes = 32;

/** Where wireguard-go puts the configuration socket of an interface. */
export function uapiSocket(interfaceName: string): string {
  return `/var/run/wireguard/${interfaceName}.sock`;
}

/** An interface that wireguard-go serves, through its configuration socket. */
export class WireGuardGo implements Engine {
  readonly name = 'wireguard-go';
  readonly #connection: UapiConnection;
  readonly #decoder = new UapiDecoder();

  /** @param connection to its configuration socket */
  constructor(connection: UapiConnection) {
    this.#connection = connection;
  }

  /** Connects to the engine of an interface. Rejects with the system's error where none listens. */
  static async attach(interfaceName: string): Promise<WireGuardGo> {
    return new WireGuardGo(await UapiConnection.open(uapiSocket(interfaceName)));
  }

  onEnd(listener: () => void): void {
    this.#connection.onEnd(listener);
  }

  read(): Promise<EngineChange> {
    return this.#connection.get().then((answer) => this.#decoder.decode(answer));
  }

  async rebind(peers: readonly PeerReading[]): Promise<void> {
    // An endpoint that is set anew has no source address yet; wireguard-go itself forgets the old one after 15 s only.
    const lines = peers.flatMap((peer) =>
      peer.endpoint === null ? [] : [...peerLines(peer), `endpoint=${peer.endpoint}`],
    );
    if (lines.length > 0) await this.#connection.set(lines);
  }

  async greet(peers: readonly PeerReading[]): Promise<void> {
    // Turning the keepalive on sends one at once. It is on only between two lines of one request where it was off.
    const lines = peers
      .filter(({ endpoint }) => endpoint !== null)
      .flatMap((peer) => {
        const off = [...peerLines(peer), 'persistent_keepalive_interval=0'];
        const on = [...peerLines(peer), `persistent_keepalive_interval=${peer.persistentKeepalive ?? 1}`];
        return peer.persistentKeepalive === null ? [...on, ...off] : [...off, ...on];
      });
    if (lines.length > 0) await this.#connection.set(lines);
  }

  async dial(endpoints: ReadonlyMap<KeyText, string>): Promise<void> {
    const lines = [...endpoints].flatMap(([publicKey, endpoint]) => [
      ...peerLines({ publicKey }),
      `endpoint=${endpoint}`,
    ]);
    if (lines.length > 0) await this.#connection.set(lines);
  }

  async change({ removed, changed }: PeerChanges): Promise<void> {
    const lines = [
      ...removed.flatMap((publicKey) => [`public_key=${hexOfBase64(publicKey)}`, 'remove=true']),
      ...changed.flatMap(changedLines),
    ];
    if (lines.length > 0) await this.#connection.set(lines);
  }

  async renew(privateKey: KeyText): Promise<boolean> {
    // Another key of its own makes it end what it sends with the one before, and forget when it has called last; then its own again,
    // in the same request.
    const passing = randomBytes(keyBytes).toString('hex');
    await this.#connection.set([`private_key=${passing}`, `private_key=${hexOfBase64(privateKey)}`]);
    return true;
  }

  async setMark(mark: number): Promise<void> {
    await this.#connection.set([`fwmark=${mark}`]);
  }

  close(): void {
    this.#connection.close();
  }
}

function changedLines(peer: ChangedPeer): string[] {
  return [
    `public_key=${hexOfBase64(peer.publicKey)}`,
    `preshared_key=${hexOfBase64(peer.presharedKey ?? zeroKey)}`,
    ...(peer.endpoint === null ? [] : [`endpoint=${peer.endpoint}`]),
    'replace_allowed_ips=true',
    ...peer.allowedIps.map((prefix) => `allowed_ip=${prefix}`),
    `persistent_keepalive_interval=${peer.persistentKeepalive ?? 0}`,
  ];
}

function peerLines({ publicKey }: Pick<PeerReading, 'publicKey'>): string[] {
  return [`public_key=${hexOfBase64(publicKey)}`, 'update_only=true'];
}
