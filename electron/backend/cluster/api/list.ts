import { isObject } from '../../../../shared/cluster/objects/fields.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { ApiAnswer, ApiClient } from './client.ts';
import { protobufPaths, readProtobuf } from './protobuf.ts';
import { foreign, isAbsent, refusal } from './refusal.ts';

/** A list of an API server. */
export interface ApiList {
  /** Null where the server has no such API. */
  readonly items: readonly unknown[] | null;
  /** The server's time when it made the list; Unix seconds. */
  readonly date: number | null;
}

/**
 * How many objects one answer has. kubectl takes 500, and each answer is one more to wait for; but while one is read the next is made, and
 * an object is larger in JSON.
 */
const pageSizes = { json: '1000', protobuf: '2000' } as const;

/** Which page of a list is asked for, by the parameters that say so. */
type Place = Readonly<Record<string, string>>;

/** The most answers that one list takes: a million objects. */
const mostPages = 1000;

/**
 * Reads a whole list, page by page: all pages show it as it was at one moment. A server that has forgotten that moment in between is
 * asked for all of it at once.
 *
 * @param path `/api/v1/nodes`
 * @param what for sentences: `the nodes`
 * @param keep what is kept of each object
 * @throws FaultError what {@link ApiClient.ask} throws, `api-forbidden`, `api-refused`, `api-answer-foreign`, `api-answer-broken`
 */
export async function readList(
  client: ApiClient,
  path: string,
  what: string,
  query: Readonly<Record<string, string>> = {},
  keep: (item: unknown) => unknown = withoutBookkeeping,
): Promise<ApiList> {
  const { origin } = client.access.server;
  const mayBeProtobuf = protobufPaths.has(path);
  const limit = pageSizes[mayBeProtobuf ? 'protobuf' : 'json'];
  const pages = new Pages((place, onBeginning) =>
    client.ask({ method: 'GET', path, query: { ...query, ...place }, mayBeProtobuf, onBeginning }),
  );
  const items: unknown[] = [];
  let date: number | null = null;
  let place: Place = { limit };
  for (let page = 1; page <= mostPages; page++) {
    const answer = await pages.at(place);
    if (answer.status === 410 && 'continue' in place) {
      items.length = 0;
      date = null;
      place = {};
      continue;
    }
    if (isAbsent(answer)) return { items: null, date: answer.date };
    if (answer.status !== 200) throw refusal(origin, what, answer);
    const part = partIn(answer);
    if (part === null) throw foreign(origin, what, answer);
    date ??= answer.date;
    for (const item of part.items) items.push(keep(item));
    if (part.next === '') return { items, date };
    if (part.next === place['continue']) throw endless(origin, what);
    place = { limit, continue: part.next };
  }
  throw endless(origin, what);
}

/** How many pages are asked for before the one before them has been read. */
const mostAhead = 2;

/** Asks for one page. @param onBeginning told its beginning */
type AskForPage = (place: Place, onBeginning: (bytes: Buffer) => void) => Promise<ApiAnswer>;

/** Asks for the pages of a list; for the next one as soon as the beginning of one says where that is. */
class Pages {
  readonly #ask: AskForPage;
  readonly #ahead = new Map<string, Promise<ApiAnswer>>();

  constructor(ask: AskForPage) {
    this.#ask = ask;
  }

  /** @throws FaultError what {@link ApiClient.ask} throws */
  at(place: Place): Promise<ApiAnswer> {
    const next = place['continue'] ?? '';
    const known = this.#ahead.get(next);
    this.#ahead.delete(next);
    return known ?? this.#askFor(place);
  }

  #askFor(place: Place): Promise<ApiAnswer> {
    return this.#ask(place, (bytes) => {
      const next = nextIn(bytes);
      if (next === null || this.#ahead.size >= mostAhead || this.#ahead.has(next)) return;
      const answer = this.#askFor({ ...place, continue: next });
      // Whoever waits for it is told; nobody need.
      answer.catch(() => undefined);
      this.#ahead.set(next, answer);
    });
  }
}

/** Where the next page is, in the beginning of one as API servers write it; null where that does not say. */
function nextIn(bytes: Buffer): string | null {
  const list = readProtobuf(bytes, { isWhole: false });
  if (list !== undefined) return nextOf(list) || null;
  const found =
    /^\{"kind":"\w+List","apiVersion":"[^"\\]+","metadata":\{[^{}]*?"continue":"([\w=+/-]+)"/.exec(
      bytes.toString('utf8'),
    );
  return found?.[1] ?? null;
}

/** Without the notes on who has written which field, which are a third of what an object holds. */
function withoutBookkeeping(item: unknown): unknown {
  if (isObject(item) && isObject(item['metadata']))
    (item['metadata'] as Record<string, unknown>)['managedFields'] = undefined;
  return item;
}

/** Null for what is no list. */
function partIn({ value }: ApiAnswer): { readonly items: readonly unknown[]; readonly next: string } | null {
  if (!isObject(value) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List')) return null;
  // Go writes an empty list as null.
  const items = value['items'] ?? [];
  if (!Array.isArray(items)) return null;
  return { items: items as readonly unknown[], next: nextOf(value) };
}

/** Where the page behind a list is; empty where there is none. */
function nextOf(list: unknown): string {
  const next = isObject(list) && isObject(list['metadata']) ? list['metadata']['continue'] : '';
  return typeof next === 'string' ? next : '';
}

function endless(origin: string, what: string): FaultError {
  return new FaultError({
    code: 'api-answer-foreign',
    message: `${origin} was asked for ${what}, and its list has no end.`,
    hint: 'Whatever answers there is no API server of Kubernetes.',
  });
}
