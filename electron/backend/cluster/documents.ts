import { gunzipSync } from 'node:zlib';
import { parseJsonDocuments } from '../../../shared/cluster/objects/json-documents.ts';
import { FaultError } from '../../../shared/fault.ts';
import { isPipe, readPipe } from '../pipe.ts';
import { readGivenFile } from '../profiles/files.ts';
import { readStandardInput } from '../standard-input.ts';
import { textIn } from './text.ts';

/** The largest JSON that is read: some times what a cluster of 5,000 nodes has, whose every node tells of its images. Bytes. */
const jsonLimit = 256 * 1024 * 1024;

/** The largest YAML that is read, which takes a hundred times as long as JSON. Characters. */
const yamlLimit = 32 * 1024 * 1024;

/** What stands for the file that is piped in. */
export const standardInput = '-';

/**
 * The documents in a file that kubectl saved, or in a pipe: JSON or YAML, of which one file may hold several, in UTF-8 or, as
 * PowerShell saves it, in UTF-16; packed with gzip or not.
 *
 * @param path {@link standardInput} for what is piped in
 * @throws FaultError `input-is-terminal`, `file-not-found`, `file-unreadable`, `file-not-regular`, `file-too-large`, `input-timeout`, `cluster-file-malformed`
 */
export async function readDocuments(path: string): Promise<readonly unknown[]> {
  const text = await readText(path);
  if (text.trim() === '') throw empty(path);
  // What begins as JSON and is none is mostly YAML in its JSON-like form.
  const json = /^\s*[{[]/.test(text) ? parsedJson(text) : undefined;
  if (json !== undefined) return json;
  if (text.length > yamlLimit) {
    throw new FaultError({
      code: 'file-too-large',
      message: `${placeName(path)} has ${text.length} characters and is no JSON; of YAML no more than ${yamlLimit} are read.`,
      hint: 'Save it as JSON: kubectl get nodes -o json.',
    });
  }
  const { parseYaml } = await import('./yaml.ts');
  try {
    return parseYaml(text);
  } catch (error) {
    throw malformed(path, error);
  }
}

/** A file, as a sentence begins with it. */
export function placeName(path: string): string {
  return path === standardInput ? 'What is piped in' : path;
}

/** The text of a file, or of what is piped in. Its bytes, which may be as large again, are let go of. */
async function readText(path: string): Promise<string> {
  return textIn(unpacked(path, await readBytes(path)));
}

/** What a file holds that somebody has packed with gzip; else the same. */
function unpacked(path: string, bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: jsonLimit });
  } catch (error) {
    throw new FaultError({
      code: 'cluster-file-malformed',
      message: `${placeName(path)} is packed with gzip, and cannot be unpacked: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Unpack it yourself: gunzip FILE. Or save it again: kubectl get nodes -o json > nodes.json',
    });
  }
}

async function readBytes(path: string): Promise<Buffer> {
  if (path === standardInput) return readStandardInput(jsonLimit);
  return (await isPipe(path)) ? readPipe(path, jsonLimit) : readGivenFile(path, jsonLimit);
}

function empty(path: string): FaultError {
  return new FaultError({
    code: 'cluster-file-malformed',
    message: `${placeName(path)} is empty.`,
    hint: 'Where kubectl fails it prints nothing there: see what it says, and save it again: kubectl get nodes -o json > nodes.json',
  });
}

/** Undefined for what is no JSON. */
function parsedJson(text: string): readonly unknown[] | undefined {
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    return parseJsonDocuments(text) ?? undefined;
  }
}

function malformed(path: string, error: unknown): FaultError {
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new FaultError({
    code: 'cluster-file-malformed',
    message: `${placeName(path)} is neither JSON nor YAML: ${reason.replace(/[.:]$/, '')}.`,
    hint: 'Save it with kubectl: kubectl get nodes -o json > nodes.json',
  });
}
