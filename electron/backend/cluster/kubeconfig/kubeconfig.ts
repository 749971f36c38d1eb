import { isObject } from '../../../../shared/cluster/objects/fields.ts';
import type { JsonObject } from '../../../../shared/cluster/objects/fields.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { readGivenFile } from '../../profiles/files.ts';
import { textIn } from '../text.ts';
import { malformedKubeconfig } from './faults.ts';
import type { KubeconfigPlaces } from './places.ts';

/** A cluster, user or context of a kubeconfig, as it is written. */
export interface KubeconfigEntry {
  readonly name: string;
  /** The file it is from: paths in it are relative to that file's folder. */
  readonly file: string;
  readonly value: JsonObject;
}

/** What a kubeconfig is about, or several that are merged. Nothing inside the entries is checked yet. */
export interface Kubeconfig {
  /** The files that were there. */
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  /** Empty where no file has one. */
  readonly currentContext: string;
}

/** The lists of a kubeconfig, and what each of their members has beside its name. */
const lists = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;

/** No kubeconfig is larger; bytes. */
const sizeLimit = 16 * 1024 * 1024;

/**
 * Reads a kubeconfig out of its files as kubectl merges them: of entries with the same name the first counts, as a whole. Files that
 * `KUBECONFIG` lists may be missing, but not all of them.
 *
 * @see client-go tools/clientcmd/loader.go ClientConfigLoadingRules.Load
 * @throws FaultError `kubeconfig-missing`, `kubeconfig-malformed`, `file-unreadable`, `file-not-regular`, `file-too-large`
 */
export async function readKubeconfig({ paths, isNamed }: KubeconfigPlaces): Promise<Kubeconfig> {
  const merged = {
    clusters: new Map<string, KubeconfigEntry>(),
    users: new Map<string, KubeconfigEntry>(),
    contexts: new Map<string, KubeconfigEntry>(),
  };
  const files: string[] = [];
  let currentContext = '';
  for (const file of paths) {
    const text = await textOf(file);
    if (text === null) continue;
    files.push(file);
    const document = await documentIn(text, file);
    for (const list of ['clusters', 'users', 'contexts'] as const) {
      for (const entry of entriesOf(document, list, file))
        if (!merged[list].has(entry.name)) merged[list].set(entry.name, entry);
    }
    const current = document['current-context'] ?? '';
    if (typeof current !== 'string') throw malformedKubeconfig(file, 'current-context is no text');
    currentContext ||= current;
  }
  if (files.length === 0) throw missing(paths, isNamed);
  return { files, ...merged, currentContext };
}

/** Null where there is no such file. */
async function textOf(path: string): Promise<string | null> {
  try {
    return textIn(await readGivenFile(path, sizeLimit));
  } catch (error) {
    if (error instanceof FaultError && error.fault.code === 'file-not-found') return null;
    throw error;
  }
}

async function documentIn(text: string, file: string): Promise<JsonObject> {
  const { parseYaml } = await import('../yaml.ts');
  let document: unknown;
  try {
    [document] = parseYaml(text);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw malformedKubeconfig(file, `it is no YAML: ${reason.replace(/[.:]$/, '')}`);
  }
  // An empty file is an empty kubeconfig, as "touch" and "kubectl config unset" leave one.
  if (document === null || document === undefined) return {};
  if (!isObject(document) || (document['kind'] !== undefined && document['kind'] !== 'Config'))
    throw malformedKubeconfig(file, 'it is something else');
  return document;
}

function entriesOf(document: JsonObject, list: keyof typeof lists, file: string): KubeconfigEntry[] {
  const members = document[list] ?? [];
  if (!Array.isArray(members)) throw malformedKubeconfig(file, `${list} is no list`);
  const names = new Set<string>();
  return (members as readonly unknown[]).map((member) => {
    const name = isObject(member) ? member['name'] : undefined;
    if (!isObject(member) || typeof name !== 'string')
      throw malformedKubeconfig(file, `a member of ${list} has no name`);
    if (names.has(name)) throw malformedKubeconfig(file, `${list} has ${JSON.stringify(name)} twice`);
    names.add(name);
    const value = member[lists[list]] ?? {};
    if (!isObject(value))
      throw malformedKubeconfig(file, `${lists[list]} of ${JSON.stringify(name)} is no object`);
    return { name, file, value };
  });
}

function missing(paths: readonly string[], isNamed: boolean): FaultError {
  return new FaultError({
    code: 'kubeconfig-missing',
    message: `There is no kubeconfig at ${paths.join(', nor at ')}.`,
    hint: isNamed
      ? 'Check the path.'
      : 'Name one (--kubeconfig FILE, or the variable KUBECONFIG), or save what kubectl prints elsewhere: --nodes nodes.json.',
  });
}
