import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { ProbeOutcome } from '../../../shared/diagnosis/probe.ts';

/** What a knock at a port led to. */
export interface KnockAnswer {
  readonly outcome: ProbeOutcome;
  readonly milliseconds: number | null;
}

/** Opens a TCP connection and closes it again. Never rejects. @param wait milliseconds */
export function knockTcp(address: string, port: number, wait: number): Promise<KnockAnswer> {
  return new Promise((resolve) => {
    const begin = Date.now();
    const socket = connect({ host: address, port });
    const settle = (outcome: ProbeOutcome): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve({ outcome, milliseconds: outcome === 'silent' ? null : Date.now() - begin });
    };
    const deadline = setTimeout(() => settle('silent'), wait);
    socket.on('connect', () => settle('answered'));
    socket.on('error', (error) => settle(meaningOf(error)));
  });
}

/**
 * Sends a packet to a UDP port at which nobody need listen: a host that is there says so. Never rejects.
 *
 * @param wait milliseconds
 * @param hops after how many of them it is to end; null lets it go as far as it may
 */
export function knockUdp(
  address: string,
  port: number,
  wait: number,
  hops: number | null = null,
): Promise<KnockAnswer> {
  return new Promise((resolve) => {
    const begin = Date.now();
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    let isOver = false;
    let deadline: NodeJS.Timeout | undefined;
    const settle = (outcome: ProbeOutcome): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      socket.close();
      resolve({ outcome, milliseconds: outcome === 'silent' ? null : Date.now() - begin });
    };
    socket.on('error', (error) => settle(meaningOf(error)));
    socket.on('message', () => settle('answered'));
    socket.on('connect', () => {
      if (hops !== null) socket.setTTL(hops);
      const send = (): void => {
        if (isOver) return;
        socket.send(Buffer.of(0), (error) => {
          if (error !== null) settle(meaningOf(error));
        });
      };
      send();
      // One of many that are sent at once may be lost.
      setTimeout(send, wait / 2);
      // On a busy machine the answer may have come and not been read: what is there is read first.
      deadline = setTimeout(() => setImmediate(() => settle('silent')), wait);
    });
    socket.connect(port, address);
  });
}

const meanings: Readonly<Record<string, ProbeOutcome>> = {
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'no-route',
  EHOSTUNREACH: 'no-host',
  ENOKEY: 'no-host',
  EDESTADDRREQ: 'no-host',
  EPERM: 'forbidden',
  EACCES: 'forbidden',
  EMSGSIZE: 'too-large',
  ETIMEDOUT: 'silent',
};

function meaningOf(error: Error): ProbeOutcome {
  const code = 'code' in error ? String(error.code) : '';
  return meanings[code] ?? 'impossible';
}
