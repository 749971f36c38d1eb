import { request as httpRequest } from 'node:http';
import type { Agent, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { protobufType } from './protobuf.ts';
import { hostOf, portOf } from './proxy.ts';
import type { Patience } from './patience.ts';

/** What is asked of an API server. */
export interface ApiRequest {
  /** What a PATCH has is a merge patch (RFC 7396). */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Behind the server's own path: `/api/v1/nodes`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether the answer may come in protobuf. */
  readonly mayBeProtobuf?: boolean;
  /** Told the first kilobyte of an answer with status 200, unpacked, while the rest of it is on its way. */
  readonly onBeginning?: (bytes: Buffer) => void;
}

/** An answer of whatever answers at the server's address. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

/** The most that is read of one answer, unpacked: what files may have. Bytes. */
const answerLimit = 256 * 1024 * 1024;

/** How much is unpacked at a time; bytes. */
const pieceSize = 128 * 1024;

/** Why an answer was given up. */
export class GivenUp extends Error {
  /** `slow`: it took too long; `broken`: it ended too early; `large`: it has no end. */
  readonly why: 'slow' | 'broken' | 'large';

  constructor(why: GivenUp['why'], message: string) {
    super(message);
    this.why = why;
  }
}

/**
 * Sends one request and reads the whole answer, whatever it is.
 *
 * @throws GivenUp, and whatever Node says of connections
 */
export async function send(
  server: URL,
  request: ApiRequest,
  headers: readonly (readonly [string, string])[],
  agent: Agent,
  patience: Patience,
): Promise<RawAnswer> {
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  const query = new URLSearchParams(request.query).toString();
  const sending = (server.protocol === 'https:' ? httpsRequest : httpRequest)({
    agent,
    host: hostOf(server),
    port: portOf(server),
    method: request.method,
    path: `${server.pathname.replace(/\/+$/, '')}${request.path}${query === '' ? '' : `?${query}`}`,
    headers: {
      accept: request.mayBeProtobuf === true ? `${protobufType},application/json` : 'application/json',
      'accept-encoding': 'gzip',
      // Of a DELETE, Node by itself sends a body that no header tells of: it counts for nothing, and who stands in between refuses it.
      ...(body === null
        ? {}
        : { 'content-type': typeOf(request), 'content-length': Buffer.byteLength(body) }),
      ...byName(headers),
    },
  });
  const late: { reason: GivenUp | null } = { reason: null };
  const giveUp = (sentence: string) => () => {
    late.reason = new GivenUp('slow', sentence);
    sending.destroy(late.reason);
  };
  const whole = setTimeout(giveUp(`It took more than ${patience.answer / 1000} s.`), patience.answer);
  const silence = setTimeout(giveUp(`Nothing came for ${patience.silence / 1000} s.`), patience.silence);
  try {
    const answering = new Promise<IncomingMessage>((resolve, reject) => {
      sending.on('response', resolve);
      sending.on('error', reject);
    });
    sending.end(body);
    const response = await answering;
    silence.refresh();
    response.on('data', () => void silence.refresh());
    const status = response.statusCode ?? 0;
    const bytes = await bytesOf(unpacked(response), status === 200 ? request.onBeginning : undefined);
    return { status, headers: response.headers, bytes };
  } catch (error) {
    // An answer that is under way says no more than that it broke off.
    throw late.reason ?? error;
  } finally {
    clearTimeout(whole);
    clearTimeout(silence);
  }
}

/** Those of one name as a list. They are there before a request is: one that Node refuses would leave a connection behind. */
function byName(headers: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([name, [first = '', ...rest]]) => [name, rest.length === 0 ? first : [first, ...rest]]),
  );
}

/** The content of an answer, which is unpacked while it comes. */
function unpacked(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const unpacking = createGunzip({ chunkSize: pieceSize });
  response.on('error', (error) => unpacking.destroy(error));
  return response.pipe(unpacking);
}

function typeOf({ method }: ApiRequest): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

async function bytesOf(content: Readable, onBeginning: ApiRequest['onBeginning']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      if (length === 0) onBeginning?.(chunk.subarray(0, 1000));
      chunks.push(chunk);
      length += chunk.length;
      if (length > answerLimit) throw new GivenUp('large', `It has more than ${answerLimit} bytes.`);
    }
  } catch (error) {
    if (error instanceof GivenUp) throw error;
    throw new GivenUp('broken', `It broke off after ${length} bytes.`);
  }
  return Buffer.concat(chunks, length);
}
