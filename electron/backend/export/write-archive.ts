import { ZipFile } from 'yazl';

/** A file to put into an archive. */
export interface FileToPack {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A .zip of some files, which only their owner may read once they are unpacked. */
export async function writeArchive(files: readonly FileToPack[]): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const { name, bytes } of files) zip.addBuffer(Buffer.from(bytes), name, { mode: 0o100600 });
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
