const serverFile = 'server.json';

/** wg-gen-web calls the file of a client by its number (RFC 9562), without an ending. */
const clientPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.json)?$/i;

/** What a file could be among those of wg-gen-web, by its name; null for none of them. @see wg-gen-web storage/file.go */
export function genWebKindOf(path: string): 'server' | 'client' | null {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (name === serverFile) return 'server';
  return clientPattern.test(name) ? 'client' : null;
}

/** The folder that a path names; empty where it names none. wg-gen-web has one folder for a server and its clients. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
}

/** Of some files, those of wg-gen-web that are a server and its clients, side by side in a folder. */
export function genWebAmong<F extends { readonly name: string }>(files: readonly F[]): ReadonlySet<F> {
  const foldersOf = (kind: 'server' | 'client'): Set<string> =>
    new Set(files.filter(({ name }) => genWebKindOf(name) === kind).map(({ name }) => folderOf(name)));
  const [withServer, withClient] = [foldersOf('server'), foldersOf('client')];
  return new Set(
    files.filter(({ name }) => {
      const folder = folderOf(name);
      return genWebKindOf(name) !== null && withServer.has(folder) && withClient.has(folder);
    }),
  );
}
