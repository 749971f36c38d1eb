import { finding } from '../catalogue.ts';
import type { Finding } from '../catalogue.ts';
import type { TunnelFacts } from '../facts.ts';
import { innerMtu, outerSize } from '../mtu.ts';
import { hasSession } from './handshake.ts';

/** Whether packets as large as the tunnel makes them get through. Says nothing where there is no session. */
export function judgeSize({ name, status, peers, mtu }: TunnelFacts): Finding[] {
  const current = status?.mtu ?? null;
  if (current === null || !peers.some(hasSession)) return [];
  const { inside, outside } = mtu;
  if (inside !== null) {
    return inside.largest === null || inside.largest >= current
      ? []
      : [finding('mtu-too-large', name, name, current, inside.largest, inside.address)];
  }
  if (outside === null) return [finding('mtu-unknown', name, name)];
  if (outside.largest === null) return [];
  const family = outside.address.includes(':') ? 6 : 4;
  if (outside.largest >= outerSize(current, family)) return [];
  const fits = innerMtu(outside.largest, family);
  return [finding('mtu-too-large-outside', name, name, current, outside.largest, fits, outside.address)];
}
