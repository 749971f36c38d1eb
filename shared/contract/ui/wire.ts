import type { UiChange, UiReply, UiVerb, UiVerbs } from './verbs.ts';

/**
 * How the contract travels: the same messages as JSON over the browser host's WebSocket and as values over Electron's IPC.
 */

/** Where the browser host takes WebSocket connections. */
export const socketPath = '/live';

/** The channels of Electron's IPC. */
export const channels = { ask: 'adit:ask', change: 'adit:change' } as const;

/** The global under which Electron's preload script gives the page its bridge. */
export const bridgeGlobal = 'adit';

/** A question of the interface. */
export interface UiQuestion<V extends UiVerb = UiVerb> {
  /** Chosen by the interface; the reply bears it too. */
  readonly id: number;
  readonly verb: V;
  readonly params: UiVerbs[V]['params'];
}

/** What the browser host sends. */
export type UiMessage =
  | { readonly kind: 'reply'; readonly id: number; readonly reply: UiReply<UiVerb> }
  | { readonly kind: 'change'; readonly change: UiChange };

/** The WebSocket protocol of the browser host; the page asks for it and, behind it, for its secret. */
export const socketProtocol = 'adit';

/** The name of the `<meta>` in which the browser host gives the page its secret; empty in the page as it is built. */
export const sessionMeta = 'adit-session';
