import type { KiloNode } from './node.ts';

/** How long a node counts as there after it has checked in; seconds. @see kilo pkg/mesh/backend.go checkInPeriod */
const checkInLimit = 60;

/**
 * Why Kilo leaves a node out of the mesh.
 *
 * - `no-endpoint`, `no-key`, `no-pod-cidr`: it has none that can be read
 * - `never-seen`: `kg` has not checked in
 * - `not-seen`: not for too long; how long, in seconds
 */
export type Unreadiness =
  | { readonly kind: 'no-endpoint' | 'no-key' | 'no-pod-cidr' | 'never-seen' }
  | { readonly kind: 'not-seen'; readonly seconds: number };

/**
 * What keeps a node out of the mesh; null for one that is in it.
 *
 * @param now Unix seconds
 * @see kilo pkg/mesh/backend.go Node.Ready
 */
export function unreadinessOf(node: KiloNode, now: number): Unreadiness | null {
  if (node.endpoint === null) return { kind: 'no-endpoint' };
  if (node.key === null) return { kind: 'no-key' };
  if (node.podCidr === null) return { kind: 'no-pod-cidr' };
  const seconds = now - node.lastSeen;
  if (seconds < checkInLimit) return null;
  return node.lastSeen === 0 ? { kind: 'never-seen' } : { kind: 'not-seen', seconds };
}

/** In a few words. */
export function unreadinessWords(unreadiness: Unreadiness): string {
  switch (unreadiness.kind) {
    case 'no-endpoint':
      return 'no endpoint';
    case 'no-key':
      return 'no public key';
    case 'no-pod-cidr':
      return 'no Pod CIDR';
    case 'never-seen':
      return 'never seen';
    case 'not-seen':
      return `not seen for ${unreadiness.seconds} s`;
  }
}

/** A node that is in the mesh. */
export interface ReadyNode extends KiloNode {
  readonly endpoint: NonNullable<KiloNode['endpoint']>;
  readonly key: NonNullable<KiloNode['key']>;
  readonly podCidr: NonNullable<KiloNode['podCidr']>;
}

/** Whether Kilo has a node in the mesh. @param now Unix seconds */
export function isReady(node: KiloNode, now: number): node is ReadyNode {
  return unreadinessOf(node, now) === null;
}
