import type { PeerStatus } from '../tunnel/status.ts';

/** What a peer is called: its name, or the beginning of its key. */
export function peerLabel({ name, publicKey }: Pick<PeerStatus, 'name' | 'publicKey'>): string {
  return name ?? `the peer ${publicKey.slice(0, 8)}…`;
}
