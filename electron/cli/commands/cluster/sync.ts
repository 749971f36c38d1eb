import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../../../shared/fault.ts';
import { FaultError, faultOf } from '../../../../shared/fault.ts';
import type { PeerDifference } from '../../../../shared/cluster/following/differences.ts';
import type { ClusterReadings } from '../../../../shared/cluster/readings.ts';
import type { ApiClient } from '../../../backend/cluster/api/client.ts';
import { readCluster } from '../../../backend/cluster/api/read-cluster.ts';
import type { Wanted } from '../../../backend/cluster/api/read-cluster.ts';
import type { StaleNode } from '../../../backend/cluster/followed.ts';
import type { ClusterSource } from '../../../backend/cluster/kept.ts';
import { ClusterSync } from '../../../backend/cluster/sync.ts';
import type { SyncStep } from '../../../backend/cluster/sync.ts';
import { clusterPlaces } from '../../cluster-places.ts';
import { inForm, readFrom, outputOption, readOutput, syncOptions } from '../../cluster-source.ts';
import { has, listOf, operandAt, valueOf } from '../../command.ts';
import type { Answer, Command, CommandContext } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';

/** Seconds between two looks at a cluster unless told otherwise. */
const usualPause = 5;

/** A large cluster is asked no more than a tenth of the time. */
const pausePerReading = 10;

/** The longest pause in seconds unless told otherwise: one answer that was slow keeps nobody from the next for long. */
const longestPause = 60;

/** `adit cluster sync PROFILE` */
export const clusterSync: Command = {
  name: 'cluster sync',
  operands: 'PROFILE',
  arity: { least: 1, most: 1 },
  summary: 'Keep a profile in step with its cluster, and its tunnel if it is up',
  details: [
    'Nodes, endpoints and Peers are followed until Ctrl-C. Sessions go on; what changed is shown. A node of Kilo’s that stops to check in',
    'keeps its peer for five minutes; of a second mesh, a node has its peer as long as the cluster has it. While the cluster cannot be',
    'reached, everything stays as it is.',
  ],
  options: {
    once: { kind: 'flag', summary: 'Look once, and end' },
    ...syncOptions,
    output: outputOption,
  },
  async run(context) {
    const { store } = clusterPlaces(context.places);
    const profile = await store.find(operandAt(context.given, 0));
    const output = readOutput(clusterSync, context.given);
    if (has(context.given, 'once'))
      return withSync(context, profile.name, null, async (sync) =>
        inForm(output, answerTo(profile.name, await sync.step())),
      );
    const pause = pauseIn(context);
    const interrupt = new AbortController();
    context.onInterrupt(() => interrupt.abort());
    await withSync(context, profile.name, interrupt.signal, (sync) =>
      follow(context, profile.name, sync, pause, interrupt.signal),
    );
    return null;
  },
};

/**
 * Does some work with what keeps a profile in step, as the command line has it. One client asks the API all the time: a login may take a
 * program, which is not to run every few seconds.
 *
 * @param signal ends what is asked of the API
 */
export async function withSync<T>(
  context: CommandContext,
  profile: string,
  signal: AbortSignal | null,
  work: (sync: ClusterSync) => Promise<T>,
): Promise<T> {
  const { store, kept } = clusterPlaces(context.places);
  let client: ApiClient | null = null;
  const close = (): void => {
    client?.close();
    client = null;
  };
  // What is asked of an API that does not answer is called off.
  signal?.addEventListener('abort', close);
  const read = async (source: ClusterSource, wanted: Wanted): Promise<ClusterReadings> => {
    if (source.kind === 'files') return readFrom(source, context, wanted);
    const { openClusterApi } = await import('../../cluster-api.ts');
    client ??= await openClusterApi(context, source);
    try {
      return await readCluster(client, wanted);
    } catch (error) {
      // The next look begins with the kubeconfig, which may have another login by then.
      close();
      throw error;
    }
  };
  const sync = new ClusterSync(profile, {
    store,
    kept,
    socket: context.places.socket,
    read,
    accept: listOf(context.given, 'accept'),
    subtract: has(context.given, 'subtract'),
  });
  try {
    return await work(sync);
  } finally {
    close();
  }
}

/** Seconds between looks. @throws FaultError `wrong-usage` */
export function pauseIn({ given }: CommandContext): number {
  const text = valueOf(given, 'every') ?? String(usualPause);
  const seconds = Number(text);
  if (text !== '' && seconds >= 1 && seconds <= 3600) return seconds;
  throw wrongUsage(clusterSync, `--every takes seconds from 1 to 3600, not ${JSON.stringify(text)}.`);
}

/** Faults that may be over with the next look, though they are there at the first. */
const passing: ReadonlySet<string> = new Set([
  'api-unreachable',
  'api-timeout',
  'api-answer-broken',
  'api-answer-foreign',
  'kilo-nodes-missing',
  'node-lines-missing',
]);

/** Somebody has removed the profile, given it another name, or taken its cluster away: there is nothing to be kept in step. */
const lasting: ReadonlySet<string> = new Set([
  'profile-not-found',
  'profile-of-no-cluster',
  'cluster-record-unreadable',
]);

/** Nobody has answered: however long that was waited for, it cost the cluster nothing, and that it is back is to be seen soon. */
const unanswered: ReadonlySet<string> = new Set(['api-unreachable', 'api-on-loopback', 'api-timeout']);

/** Looks again and again until it is interrupted, and says what is news. */
export async function follow(
  context: Pick<CommandContext, 'say'>,
  profile: string,
  sync: Pick<ClusterSync, 'step'>,
  pause: number,
  signal: AbortSignal,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  let told = '';
  for (let isFirst = true; !isOver(); isFirst = false) {
    const began = performance.now();
    const outcome = await sync.step().catch((error: unknown) => faultOf(error));
    const isFault = 'code' in outcome;
    if (isOver()) return;
    if (isFault && (isFirst ? !passing.has(outcome.code) : lasting.has(outcome.code)))
      throw new FaultError(outcome);
    // What has been said is not said again until it is over.
    const state = isFault ? outcome.message : stateOf(outcome);
    if (isFirst || state !== told || (!isFault && outcome.differences.length > 0))
      context.say(isFault ? answerToFault(profile, outcome) : answerTo(profile, outcome));
    told = state;
    const took = isFault && unanswered.has(outcome.code) ? 0 : (performance.now() - began) / 1000;
    await delay(pauseAfter(pause, took) * 1000, null, { signal }).catch(() => null);
  }
}

/** Seconds until the next look. @param took seconds that the last one took */
export function pauseAfter(pause: number, took: number): number {
  return Math.max(pause, Math.min(took * pausePerReading, longestPause));
}

function stateOf({ stale, gateway, warnings }: SyncStep): string {
  return JSON.stringify([stale, gateway, warnings.map(({ message }) => message)]);
}

/** The most warnings that are shown in words; of a large cluster there may be thousands. */
const most = 20;

function answerTo(profile: string, step: SyncStep): Answer {
  const { differences, stale, gateway, isApplied, warnings } = step;
  const changes = differences.map(wordsOf);
  return {
    json: {
      profile,
      at: new Date().toISOString(),
      changes: differences,
      stale: stale.map(({ name }) => name),
      gateway,
      applied: isApplied,
      warnings,
    },
    text: [
      ...(changes.length === 0 ? [`${profile}: in step with its cluster.`] : changes),
      ...stale.map(staleWords),
      ...warnings.slice(0, most).map(({ message, hint }) => `! ${message}\n  ${hint}`),
      ...(warnings.length > most
        ? [`! There are ${warnings.length - most} more of these: --json has them.`]
        : []),
    ].join('\n'),
  };
}

function staleWords({ name, stays }: StaleNode): string {
  switch (stays) {
    case 'minutes':
      return `! ${name} does not check in; its peer stays for five minutes.`;
    case 'always':
      return `! ${name} is not ready, says the cluster; its peer stays.`;
  }
}

function answerToFault(profile: string, fault: Fault): Answer {
  return {
    json: { profile, at: new Date().toISOString(), error: fault },
    text: `! ${fault.message} The tunnel stays as it is.\n  ${fault.hint}`,
  };
}

function wordsOf({ kind, name, what }: PeerDifference): string {
  const sign = { added: '+', removed: '-', changed: '~' }[kind];
  return what.length === 0 ? `${sign} ${name}` : `${sign} ${name}: ${what.join('; ')}`;
}
