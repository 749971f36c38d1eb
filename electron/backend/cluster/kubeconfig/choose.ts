import { shellWord } from '../../../../shared/diagnosis/commands.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { printable } from '../exec/plugin.ts';
import { readClusterEntry, readUserEntry } from './entries.ts';
import type { ClusterEntry, UserEntry } from './entries.ts';
import type { Kubeconfig, KubeconfigEntry } from './kubeconfig.ts';

/** What a context of a kubeconfig stands for. */
export interface ChosenContext {
  readonly name: string;
  readonly file: string;
  readonly cluster: ClusterEntry;
  /** Null for a context without a user, who is anonymous to the API server. */
  readonly user: UserEntry | null;
}

/**
 * The context that is named, else the current one.
 *
 * @throws FaultError `kubeconfig-context-unknown`, `kubeconfig-incomplete`, `kubeconfig-malformed`
 */
export function chooseContext(kubeconfig: Kubeconfig, named: string | null): ChosenContext {
  const name = named ?? kubeconfig.currentContext;
  const context = kubeconfig.contexts.get(name);
  if (context === undefined) throw unknown(kubeconfig, named, name);
  const { cluster = '', user = '' } = context.value;
  const clusterEntry = find(kubeconfig.clusters, 'cluster', cluster, context);
  const userEntry = user === '' ? null : find(kubeconfig.users, 'user', user, context);
  const chosen = readClusterEntry(clusterEntry);
  if (chosen.server === '') throw withoutServer(clusterEntry);
  const { file } = context;
  return { name, file, cluster: chosen, user: userEntry === null ? null : readUserEntry(userEntry) };
}

function find(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  kind: 'cluster' | 'user',
  name: unknown,
  context: KubeconfigEntry,
): KubeconfigEntry {
  const entry = typeof name === 'string' ? entries.get(name) : undefined;
  if (entry !== undefined) return entry;
  throw new FaultError({
    code: 'kubeconfig-incomplete',
    message: `The context ${quoted(context.name)} of ${context.file} is for the ${kind} ${quoted(String(name))}, which no kubeconfig has.`,
    hint: 'It may be in a file that KUBECONFIG does not list.',
    command: 'kubectl config view',
  });
}

function withoutServer({ name, file }: KubeconfigEntry): FaultError {
  return new FaultError({
    code: 'kubeconfig-incomplete',
    message: `The cluster ${quoted(name)} of ${file} has no server.`,
    hint: `Say where it is: ${printable(`kubectl --kubeconfig ${shellWord(file)} config set-cluster ${shellWord(name)}`)} --server=https://ADDRESS:6443`,
  });
}

function unknown({ contexts, files }: Kubeconfig, named: string | null, name: string): FaultError {
  const names = [...contexts.keys()].slice(0, 20).map(quoted).join(', ');
  return new FaultError({
    code: 'kubeconfig-context-unknown',
    message:
      named === null && name === ''
        ? `No context is the current one in ${files.join(', ')}.`
        : `There is no context ${quoted(name)} in ${files.join(', ')}.`,
    hint:
      names === ''
        ? 'There are no contexts at all: save the kubeconfig again from where it came, or name another one: --kubeconfig FILE.'
        : `There are: ${names}. Choose one: --context NAME.`,
    command: 'kubectl config get-contexts',
  });
}

function quoted(name: string): string {
  return printable(JSON.stringify(name));
}
