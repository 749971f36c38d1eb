import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

/** What the kernel tells of the UDP sockets of this network namespace, a row each; the second column is `ADDRESS:PORT`, hexadecimal. */
const tables = ['/proc/net/udp', '/proc/net/udp6'] as const;

/** A UDP port that nobody uses now. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = await anyPort();
    if (isUdpPortFree(port)) return port;
  }
}

/** Whether nobody has a UDP port, on any address of any family. Where the system tells nothing of that, it counts as free. */
export function isUdpPortFree(port: number): boolean {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return tables.flatMap(rowsOf).every((row) => row.trim().split(/\s+/, 2)[1]?.endsWith(ending) !== true);
}

function rowsOf(table: string): string[] {
  try {
    return readFileSync(table, 'latin1').split('\n').slice(1);
  } catch {
    return [];
  }
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
