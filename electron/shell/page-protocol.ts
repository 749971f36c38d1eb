import { join } from 'node:path';
import { protocol } from 'electron';
import { contentSecurityPolicy, readPageFiles } from '../backend/page/files.ts';
import type { PageFile } from '../backend/page/files.ts';

const scheme = 'adit';
const host = 'app';

/** The address of the page. */
export const pageUrl = `${scheme}://${host}/`;

/** Whether an address is one of the page's files. Not asked by way of `URL`: to Node, a scheme of our own has no origin. */
export function isOurs(url: string): boolean {
  return url.startsWith(pageUrl);
}

/** Makes the page's scheme one like https: with an origin of its own, and secure. Before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built interface under {@link pageUrl}: a fixed list of files, and no other URL. */
export function servePage(): void {
  const files = readPageFiles(join(__dirname, 'renderer'));
  const headers = {
    'Content-Security-Policy': contentSecurityPolicy("'none'"),
    'X-Content-Type-Options': 'nosniff',
  };
  // Electron 25 brought protocol.handle and will drop its predecessor; the tests run on 22.
  if ('handle' in protocol) {
    protocol.handle(scheme, ({ url }) => {
      const file = fileAt(files, url);
      if (file === undefined) return new Response('', { status: 404 });
      return new Response(new Uint8Array(file.bytes), { headers: { ...headers, 'Content-Type': file.type } });
    });
    return;
  }
  const older = protocol as unknown as OlderProtocol;
  older.registerBufferProtocol(scheme, ({ url }, respond) => {
    const file = fileAt(files, url);
    if (file === undefined) respond({ statusCode: 404, mimeType: 'text/plain', data: Buffer.alloc(0) });
    else respond({ ...mediaType(file), data: file.bytes, headers });
  });
}

interface OlderProtocol {
  registerBufferProtocol(
    scheme: string,
    handler: (request: { url: string }, respond: (response: object) => void) => void,
  ): void;
}

/** Taken apart: with its charset, the predecessor takes a page for plain text. */
function mediaType({ type }: PageFile): { mimeType: string; charset?: string } {
  const [mimeType = '', charset] = type.split('; charset=');
  return charset === undefined ? { mimeType } : { mimeType, charset };
}

function fileAt(files: ReadonlyMap<string, PageFile>, text: string): PageFile | undefined {
  const url = new URL(text);
  if (url.host !== host) return undefined;
  return files.get(url.pathname === '/' ? '/index.html' : url.pathname);
}
