import { createSocket } from 'node:dgram';
import type { SocketType } from 'node:dgram';

/** A UDP port that nobody uses now. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = await bindBriefly('udp4', 0);
    if (await isUdpPortFree(port)) return port;
  }
}

/** Whether a UDP port could be bound now, in each family that this machine has. */
export async function isUdpPortFree(port: number): Promise<boolean> {
  try {
    await bindBriefly('udp4', port);
    await bindBriefly('udp6', port);
    return true;
  } catch (error) {
    // Where a family is switched off nobody has the port in it.
    return !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  }
}

/** Binds a port, 0 for any, and gives it up at once. */
function bindBriefly(type: SocketType, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type, ipv6Only: type === 'udp6' });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, () => {
      const bound = socket.address().port;
      socket.close(() => resolve(bound));
    });
  });
}
