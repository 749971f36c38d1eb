import { session } from 'electron';
import type { WebContents } from 'electron';
import { isOurs, pageUrl } from './page-protocol.ts';

/**
 * Keeps the page to itself: it gets no permission but to write text to the clipboard, loads nothing but its own files, and
 * saves nothing.
 */
export function confineSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(isHarmless(permission)),
  );
  defaultSession.setPermissionCheckHandler((_contents, permission) => isHarmless(permission));
  defaultSession.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !isOurs(url) && !url.startsWith('devtools:') });
  });
  defaultSession.on('will-download', (event) => event.preventDefault());
}

/** Refuses every way in which a page could become another page or open one. It may load itself again. */
export function refuseNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event, url) => {
    if (url !== pageUrl) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function isHarmless(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}
