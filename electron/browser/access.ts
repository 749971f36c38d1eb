import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The cookie that lets a browser load the page. */
const cookieName = 'adit';

/**
 * Who may see the interface over loopback, where every user and every page of this machine can connect.
 *
 * A token, printed once and good for once, opens the page. With it the page gets a secret, which it keeps for its own origin
 * and shows to open the socket; a cookie would not do for that, because browsers send it to every port of the host. The
 * cookie only lets the page, in which there is nothing secret, be loaded again.
 */
export class Access {
  /** What the page has to show to open the socket. */
  readonly secret = randomText();
  readonly #cookie = randomText();
  #token: string | null = randomText();

  /** The token for the address to print; null when it has been used. */
  get token(): string | null {
    return this.#token;
  }

  /** Uses the token up, if this is it. */
  redeem(token: string | null): boolean {
    if (this.#token === null || token === null || !sameText(token, this.#token)) return false;
    this.#token = null;
    return true;
  }

  /** The header that gives a browser the cookie. */
  get cookieHeader(): string {
    return `${cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Whether a request comes with the cookie. */
  hasCookie({ headers }: IncomingMessage): boolean {
    const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
    return pairs.some((pair) => sameText(pair, `${cookieName}=${this.#cookie}`));
  }
}

/**
 * Whether a request was meant for us: its Host names our own address, so that no name that resolves to loopback leads here (DNS
 * rebinding), and its Origin, if it has one, is ours.
 */
export function isForUs({ headers }: IncomingMessage, port: number): boolean {
  const { host, origin } = headers;
  return isOurs(host, '', port) && (origin === undefined || isOurs(origin, 'http://', port));
}

/** Whether a request, as that of a WebSocket must, names our own page as its origin. */
export function isFromOurPage(request: IncomingMessage, port: number): boolean {
  return request.headers.origin !== undefined && isForUs(request, port);
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function isOurs(text: string | undefined, scheme: string, port: number): boolean {
  return ['127.0.0.1', 'localhost'].some((host) => text === `${scheme}${host}:${port}`);
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}
