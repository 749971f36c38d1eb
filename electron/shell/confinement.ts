import { session } from 'electron';
import type { WebContents } from 'electron';
import { pageOrigin } from './page-protocol.ts';

/** Keeps the page to itself: it gets no permission but to write text to the clipboard, and loads nothing but its own files. */
export function confineSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(isHarmless(permission)),
  );
  defaultSession.setPermissionCheckHandler((_contents, permission) => isHarmless(permission));
  defaultSession.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !url.startsWith(`${pageOrigin}/`) && !url.startsWith('devtools:') });
  });
}

/** Refuses every way in which a page could become another page or open one. */
export function refuseNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function isHarmless(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}
