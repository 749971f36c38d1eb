import { createSocket } from 'node:dgram';
import type { ProbeOutcome } from '../../../../shared/diagnosis/probe.ts';
import type { TunnelPeer } from '../../../../shared/tunnel/tunnel.ts';
import { initiate } from './initiation.ts';

/** What came of a handshake of our own. */
export interface HandshakeAnswer {
  /** `undecipherable` where the peer answers with another preshared key, or none. */
  readonly outcome: ProbeOutcome;
  readonly milliseconds: number | null;
  /** Whether the answer can be read without a preshared key. */
  readonly opensWithout: boolean;
}

/** How often it is tried: a peer that has heard from the tunnel itself just now drops what comes within 20 ms. */
const attempts = 2;

const none = new Uint8Array(32);

/**
 * Begins a handshake as the tunnel does, but from a port of its own, and looks at what comes back. A peer that does not know our key is
 * silent; one that does answers whatever preshared key it has, and only then it shows whether that is ours. Never rejects.
 *
 * Only for a peer that there is no session with: it takes this for the tunnel itself and answers to this port, until the tunnel tries again.
 *
 * @param wait milliseconds for each of two attempts
 */
export function shakeHands(
  address: string,
  port: number,
  privateKey: string,
  { publicKey, presharedKey }: Pick<TunnelPeer, 'publicKey' | 'presharedKey'>,
  wait: number,
): Promise<HandshakeAnswer> {
  const keys = { privateKey: Buffer.from(privateKey, 'base64'), peerKey: Buffer.from(publicKey, 'base64') };
  const shared = presharedKey === null ? none : Buffer.from(presharedKey, 'base64');
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    let initiation = initiate(keys, Date.now());
    let attempt = 0;
    let begin = Date.now();
    let timer: NodeJS.Timeout | null = null;
    const settle = (outcome: ProbeOutcome, opensWithout = false): void => {
      if (timer !== null) clearTimeout(timer);
      socket.removeAllListeners('error').on('error', () => undefined);
      socket.close();
      resolve({ outcome, milliseconds: outcome === 'silent' ? null : Date.now() - begin, opensWithout });
    };
    const send = (): void => {
      if (attempt === attempts) {
        settle('silent');
        return;
      }
      attempt += 1;
      begin = Date.now();
      initiation = initiate(keys, begin);
      socket.send(initiation.message);
      timer = setTimeout(send, wait);
    };
    socket.on('message', (answer) => {
      const opens = initiation.opens(answer, shared);
      if (opens === true) settle('answered');
      else if (opens === false) settle('undecipherable', initiation.opens(answer, none) === true);
    });
    socket.on('error', (error) => {
      settle('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'impossible');
    });
    socket.on('connect', send);
    socket.connect(port, address);
  });
}
