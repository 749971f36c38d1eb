import type { UiBridge } from '../../shared/contract/ui/verbs.ts';
import { socketPath } from '../../shared/contract/ui/wire.ts';
import { electronBridge } from './electron-bridge.ts';
import { sessionSecret } from './session-secret.ts';
import { SocketBridge } from './socket-bridge.ts';

/** The way to the app process from where the page runs: Electron's bridge, or a WebSocket to the host that served it. */
export function pickBridge(page: Window): UiBridge {
  const given = electronBridge(page as unknown as Readonly<Record<string, unknown>>);
  if (given !== null) return given;
  const { protocol, host } = page.location;
  const bridge = new SocketBridge(
    `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${socketPath}`,
    sessionSecret(page),
  );
  page.addEventListener('online', () => bridge.hurry());
  page.addEventListener('focus', () => bridge.hurry());
  return bridge;
}
