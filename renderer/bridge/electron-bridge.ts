import type { UiBridge } from '../../shared/contract/ui/verbs.ts';
import { bridgeGlobal } from '../../shared/contract/ui/wire.ts';
import { lostFault } from './lost.ts';

/**
 * The bridge that Electron's preload script put on the page's global, made safe against a main process that goes away;
 * null in a browser.
 */
export function electronBridge(scope: Readonly<Record<string, unknown>>): UiBridge | null {
  const given = scope[bridgeGlobal];
  if (!isBridge(given)) return null;
  return {
    ask: (verb, params) => given.ask(verb, params).catch(() => ({ ok: false, fault: lostFault }) as const),
    onChange: (listener) => given.onChange(listener),
    onConnection: (listener) => given.onConnection(listener),
  };
}

function isBridge(value: unknown): value is UiBridge {
  return typeof value === 'object' && value !== null && 'ask' in value && 'onChange' in value;
}
