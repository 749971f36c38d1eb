import { createSocket } from 'node:dgram';
import type { SocketType } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { freeUdpPort, isUdpPortFree } from '../../../electron/helper/system/udp-port.ts';

describe('a UDP port', () => {
  it.each<SocketType>(['udp4', 'udp6'])(
    'is free until somebody has it in %s, and again afterwards',
    async (type) => {
      const port = await freeUdpPort();
      expect(isUdpPortFree(port)).toBe(true);
      const socket = createSocket({ type, ipv6Only: type === 'udp6' });
      await new Promise<void>((resolve) => socket.bind(port, resolve));
      expect(isUdpPortFree(port)).toBe(false);
      await new Promise<void>((resolve) => socket.close(resolve));
      expect(isUdpPortFree(port)).toBe(true);
    },
  );
});
