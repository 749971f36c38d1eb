import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../../electron/backend/import/crc32.ts';

/** A file for a .zip, and whatever its headers are to say that is not so. */
export interface ZipEntry {
  readonly name: string | Buffer;
  readonly contents?: string | Buffer;
  /** Compressed bytes in place of those of the contents. */
  readonly packed?: Buffer;
  /** 8 is deflate, 0 stored. */
  readonly method?: number;
  /** General purpose bits: 1 encrypted, 0x800 the name is UTF-8. */
  readonly flags?: number;
  /** A Unix mode with its file type, such as 0o120777 for a link. */
  readonly mode?: number;
  readonly crc?: number;
  /** The size that the headers promise. */
  readonly size?: number;
}

/** Writes a .zip byte by byte, so that it can lie. */
export function zipOf(...entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { method = 8, flags = 0x800, mode = 0o100600 } = entry;
    const name = Buffer.from(entry.name as string);
    const contents = Buffer.from((entry.contents ?? '') as string);
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(contents) : contents);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(flags, 2);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(entry.crc ?? crc32(contents), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(entry.size ?? contents.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE(mode * 0x10000, 6);
    attributes.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, name, packed]);
    files.push(local);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([0x1e, 3]), facts, attributes, name);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, listed, Buffer.from('PK\x05\x06'), end]);
}
