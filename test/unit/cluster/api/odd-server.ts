import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What answers a request in one way; it may leave it unanswered. */
export type Answering = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

/** Answers with a value as JSON. */
export function json(value: unknown, status = 200): Answering {
  return (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Answers with a text of some type. */
export function text(type: string, body: string, status = 200): Answering {
  return (_, response) => void response.writeHead(status, { 'content-type': type }).end(body);
}

/** What an API server says of an API that it does not have. */
export const absent = text('text/plain', '404 page not found\n', 404);

/**
 * A server on loopback that does what no API server of Kubernetes can be made to do: pages of HTML, halves of answers, silence. By the
 * path; whatever is not listed is absent.
 *
 * @returns its address
 */
export async function startOddServer(paths: Readonly<Record<string, Answering>>): Promise<string> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    (paths[url.pathname] ?? paths['*'] ?? absent)(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
