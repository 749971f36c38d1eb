import { isObject } from '../../../../shared/cluster/objects/fields.ts';
import type { PeerManifest } from '../../../../shared/cluster/manifests/peer.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { ApiAnswer, ApiClient } from '../api/client.ts';
import { readList } from '../api/list.ts';
import { foreign, isAbsent, sentence, statusIn } from '../api/refusal.ts';

/** Where Peers are. They are in no namespace. */
const peersPath = '/apis/kilo.squat.ai/v1alpha1/peers';

/** A field that the API does not know is refused, where it would be left out without a word. */
const strictly = { fieldValidation: 'Strict', fieldManager: 'adit' } as const;

/** Everybody's Peers as they are now. @throws FaultError as {@link readList}, `kilo-absent` */
export async function listPeers(client: ApiClient): Promise<readonly unknown[]> {
  const { items } = await readList(client, peersPath, 'the peers');
  if (items === null) throw withoutPeers();
  return items;
}

/**
 * Makes a Peer.
 *
 * @returns false where there is one of this name
 * @throws FaultError `api-forbidden`, `kilo-absent`, `api-refused`, and what {@link ApiClient.ask} throws
 */
export async function createPeer(client: ApiClient, manifest: PeerManifest): Promise<boolean> {
  const answer = await client.ask({ method: 'POST', path: peersPath, query: strictly, body: manifest });
  if (answer.status === 409 && statusIn(answer)?.reason === 'AlreadyExists') return false;
  if (isAbsent(answer)) throw withoutPeers();
  requireDone(client, 'create Peers', answer);
  return true;
}

/**
 * Changes a Peer. Of its fields, those that are not named stay, and null takes one away.
 *
 * @throws FaultError `api-forbidden`, `kilo-peer-not-found`, `api-refused`, and what {@link ApiClient.ask} throws
 */
export async function patchPeer(
  client: ApiClient,
  name: string,
  patch: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await client.ask({ method: 'PATCH', path: pathOf(name), query: strictly, body: patch });
  if (isAbsent(answer)) throw gone(name);
  requireDone(client, 'patch Peers', answer);
}

/**
 * Takes a Peer away.
 *
 * @param uid which of all that have had this name
 * @throws FaultError `api-forbidden`, `kilo-peer-not-found`, `api-refused`, and what {@link ApiClient.ask} throws
 */
export async function deletePeer(client: ApiClient, name: string, uid: string | null): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(uid === null ? {} : { preconditions: { uid } }),
  };
  const answer = await client.ask({ method: 'DELETE', path: pathOf(name), body });
  if (isAbsent(answer)) throw gone(name);
  requireDone(client, 'delete Peers', answer);
}

function pathOf(name: string): string {
  return `${peersPath}/${encodeURIComponent(name)}`;
}

function requireDone({ access }: ApiClient, what: string, answer: ApiAnswer): void {
  const { origin } = access.server;
  const status = statusIn(answer);
  if (answer.status >= 200 && answer.status < 300 && isObject(answer.value)) return;
  if (status === null) throw foreign(origin, 'a Peer', answer);
  if (answer.status === 403) {
    throw new FaultError({
      code: 'api-forbidden',
      message: `You may not ${what}: ${sentence(status.message)}`,
      hint: 'Ask whoever runs the cluster for the role adit-joiner ("adit cluster manifest --rbac" prints it), or to apply a Peer for you, which is printed by:',
      command: 'adit cluster request',
    });
  }
  throw new FaultError({
    code: 'api-refused',
    message: `${origin} does not ${what} (${answer.status}): ${sentence(status.message)}`,
    hint: 'What it says tells what it does not take. If it is too busy, try again in a moment.',
  });
}

/** `kilo-absent`, of a cluster whose API has none. */
export function withoutPeers(): FaultError {
  return new FaultError({
    code: 'kilo-absent',
    message: 'The cluster knows no Peers.',
    hint: 'They are Kilo’s. "adit cluster inspect" shows what network there is.',
  });
}

function gone(name: string): FaultError {
  return new FaultError({
    code: 'kilo-peer-not-found',
    message: `The Peer ${name} is not there any more.`,
    hint: 'Somebody else has taken it away. "adit cluster peer list" shows those that are left.',
  });
}
