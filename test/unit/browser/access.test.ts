import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Access, isForUs, isFromOurPage, sameText } from '../../../electron/browser/access.ts';

/** A request as Node reads it, with these headers and no other. */
async function requestWith(headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write(`GET / HTTP/1.0\r\n${lines.join('')}\r\n`);
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  client.destroy();
  server.close();
  return request;
}

describe('the token', () => {
  it('opens once, and is gone then', () => {
    const access = new Access();
    const { token } = access;
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect([access.redeem(null), access.redeem(''), access.redeem(`${token ?? ''}x`)]).toEqual([
      false,
      false,
      false,
    ]);
    expect([access.redeem(token), access.token]).toEqual([true, null]);
    expect([access.redeem(token), access.redeem(null)]).toEqual([false, false]);
  });

  it('is another each time, and so are the secret and the cookie', () => {
    const texts = [new Access(), new Access()].flatMap((access) => [
      access.token,
      access.secret,
      access.cookieHeader,
    ]);
    expect(new Set(texts).size).toBe(6);
    const access = new Access();
    expect(access.cookieHeader).not.toContain(access.secret);
    expect(access.cookieHeader).not.toContain(access.token);
  });
});

describe('the cookie', () => {
  it('is kept from scripts and from other sites', () => {
    expect(new Access().cookieHeader).toMatch(/^adit=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('is known again among others', async () => {
    const access = new Access();
    const [pair = ''] = access.cookieHeader.split(';');
    const known = async (cookie: string): Promise<boolean> => access.hasCookie(await requestWith({ cookie }));
    expect(await known(pair)).toBe(true);
    expect(await known(`other=1; ${pair};x=y`)).toBe(true);
    expect(await known(pair.slice(0, -1))).toBe(false);
    expect(await known(`x${pair}`)).toBe(false);
    expect(await known('adit=')).toBe(false);
    expect(access.hasCookie(await requestWith({}))).toBe(false);
  });
});

describe('a request', () => {
  it.each([
    ['127.0.0.1:8080', undefined, true],
    ['localhost:8080', undefined, true],
    ['localhost:8080', 'http://localhost:8080', true],
    ['127.0.0.1:8080', 'http://localhost:8080', true],
    ['evil.example:8080', undefined, false],
    ['127.0.0.1.evil.example:8080', undefined, false],
    ['127.0.0.1', undefined, false],
    ['127.0.0.1:8081', undefined, false],
    ['[::1]:8080', undefined, false],
    ['127.0.0.1:8080', 'http://evil.example', false],
    ['127.0.0.1:8080', 'https://127.0.0.1:8080', false],
    ['127.0.0.1:8080', 'http://127.0.0.1:8081', false],
    ['127.0.0.1:8080', 'null', false],
    ['127.0.0.1:8080', '', false],
  ])('to %j of %j is for us: %j', async (host, origin, expected) => {
    const request = await requestWith(origin === undefined ? { host } : { host, origin });
    expect(isForUs(request, 8080)).toBe(expected);
    expect(isFromOurPage(request, 8080)).toBe(expected && origin !== undefined);
  });

  it('without a Host is not', async () => {
    expect(isForUs(await requestWith({}), 8080)).toBe(false);
  });
});

describe('comparing secrets', () => {
  it('finds equal just what is equal', () => {
    expect(sameText('abc', 'abc')).toBe(true);
    expect([sameText('abc', 'abd'), sameText('abc', 'ab'), sameText('', 'a'), sameText('ü', 'u')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
