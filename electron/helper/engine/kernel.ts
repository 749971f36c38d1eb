import { zeroKey } from '../../../shared/config/index.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Programs } from '../system/programs.ts';
import { run } from '../system/run.ts';
import { DumpDecoder } from './dump-reading.ts';
import type { ChangedPeer, PeerChanges } from './peer-changes.ts';
import type { Engine, EngineChange, PeerReading } from './reading.ts';

/**
 * An interface that the kernel serves, through `wg`: Node speaks no netlink. The kernel follows a change of our address by
 * itself, but tells its peers only with the next packet.
 */
export class KernelEngine implements Engine {
  readonly name = 'kernel';
  readonly #interface: string;
  readonly #wg: string;
  readonly #decoder = new DumpDecoder();

  constructor(interfaceName: string, programs: Programs) {
    this.#interface = interfaceName;
    this.#wg = programs.path('wg');
  }

  async read(): Promise<EngineChange> {
    return this.#decoder.decode((await run(this.#wg, ['show', this.#interface, 'dump'])).stdout);
  }

  rebind(): Promise<void> {
    return Promise.resolve();
  }

  async greet(peers: readonly PeerReading[]): Promise<void> {
    // Turning the keepalive on sends one at once.
    for (const peer of peers) {
      if (peer.endpoint === null) continue;
      const usual = String(peer.persistentKeepalive ?? 0);
      const steps = peer.persistentKeepalive === null ? ['1', usual] : ['0', usual];
      for (const seconds of steps) {
        await run(this.#wg, [
          'set',
          this.#interface,
          'peer',
          peer.publicKey,
          'persistent-keepalive',
          seconds,
        ]);
      }
    }
  }

  async dial(endpoints: ReadonlyMap<KeyText, string>): Promise<void> {
    const words = [...endpoints].flatMap(([key, endpoint]) => ['peer', key, 'endpoint', endpoint]);
    if (words.length > 0) await run(this.#wg, ['set', this.#interface, ...words]);
  }

  /** @see wireguard-tools src/config.c: what `addconf` is told of a peer takes the place of what it had */
  async change({ removed, changed }: PeerChanges): Promise<void> {
    if (removed.length > 0)
      await run(this.#wg, ['set', this.#interface, ...removed.flatMap((key) => ['peer', key, 'remove'])]);
    if (changed.length > 0)
      await run(this.#wg, ['addconf', this.#interface, '/dev/stdin'], {
        input: changed.map(changedSection).join('\n\n'),
      });
  }

  /** The kernel ends its sessions itself when the machine goes to sleep. @see linux drivers/net/wireguard/device.c wg_pm_notification */
  renew(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async setMark(mark: number): Promise<void> {
    await run(this.#wg, ['set', this.#interface, 'fwmark', String(mark)]);
  }

  onEnd(): void {
    // The kernel stays.
  }

  close(): void {
    // Nothing is kept open.
  }
}

function changedSection(peer: ChangedPeer): string {
  return [
    '[Peer]',
    `PublicKey = ${peer.publicKey}`,
    `PresharedKey = ${peer.presharedKey ?? zeroKey}`,
    ...(peer.endpoint === null ? [] : [`Endpoint = ${peer.endpoint}`]),
    `AllowedIPs = ${peer.allowedIps.join(', ')}`,
    `PersistentKeepalive = ${peer.persistentKeepalive ?? 'off'}`,
    '',
  ].join('\n');
}
