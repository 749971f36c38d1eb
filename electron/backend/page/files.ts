import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';

/** A file of the built interface, ready to be served. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The types of the files that a build of the interface consists of; anything else in the folder is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The files of the built interface by their path, such as `/index.html`. The list is fixed when it is read: no request can name
 * a file that is not on it.
 *
 * @throws FaultError `interface-not-built`
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const path of pathsIn(folder)) {
    const type = types[extname(path)];
    if (type !== undefined) {
      files.set(`/${relative(folder, path).split(sep).join('/')}`, { type, bytes: readFileSync(path) });
    }
  }
  if (files.has('/index.html')) return files;
  throw new FaultError({
    code: 'interface-not-built',
    message: `The built interface is missing from ${folder}.`,
    hint: 'Build it.',
    command: 'npm run build',
  });
}

/** What tells the browser that the page may do nothing but talk to whom it came from. @param connect origins of sockets */
export function contentSecurityPolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? pathsIn(path) : [path];
    });
  } catch {
    return [];
  }
}
