import { get } from 'node:http';

/** Milliseconds in which a portal answers; it is on the LAN. */
const patience = 4_000;

/**
 * Asks for the page of an address over plain HTTP, and says who answers in its place: a captive portal does, whoever is called.
 * Asked is the VPN's own server, so that nobody hears of it who does not know already. To be called while the uplink is open only.
 *
 * @param address of a peer, without a port
 * @returns where to sign in, or null where nothing speaks for a portal
 * @see RFC 6585 section 6, RFC 8952 section 2.2
 */
export function findPortal(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const host = address.includes(':') ? `[${address}]` : address;
    const request = get({ host: address, timeout: patience, headers: { host } }, (response) => {
      response.resume();
      resolve(portalIn(response.statusCode ?? 0, response.headers.location ?? null, host));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

/**
 * The address of a portal in an answer, or null where it is not one's: a server sends to itself, a portal elsewhere.
 *
 * @param host who was asked, as it stands in a URL
 */
export function portalIn(status: number, location: string | null, host: string): string | null {
  if (status === 511) return `http://${host}/`;
  if (location === null || status < 300 || status > 399) return null;
  const target = urlOf(location, host);
  const isElsewhere = target !== null && /^https?:$/.test(target.protocol) && target.hostname !== host;
  return isElsewhere ? target.href : null;
}

function urlOf(location: string, host: string): URL | null {
  try {
    return new URL(location, `http://${host}/`);
  } catch {
    return null;
  }
}
