import { sessionMeta } from '../../shared/contract/ui/wire.ts';

const storageKey = sessionMeta;

/**
 * The secret that opens the browser host's socket; null where the page has none. The host puts it into the page that was opened by
 * its one-time address; the page keeps it for its own origin and this tab, so that it may be loaded again, and takes the used
 * token out of the address.
 */
export function sessionSecret(page: Window): string | null {
  const given = page.document.querySelector(`meta[name="${sessionMeta}"]`)?.getAttribute('content') ?? '';
  if (given !== '') {
    page.sessionStorage.setItem(storageKey, given);
    page.history.replaceState(null, '', page.location.pathname);
  }
  return page.sessionStorage.getItem(storageKey);
}
