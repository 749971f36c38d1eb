import { isObject } from '../../../../shared/cluster/objects/fields.ts';
import { parseMeshKey } from '../../../../shared/cluster/values/key.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { shellWord } from '../../../../shared/diagnosis/commands.ts';
import type { KeyText } from '../../../../shared/tunnel/status.ts';
import type { ApiClient } from '../api/client.ts';
import { printable } from '../exec/plugin.ts';
import type { OwnKeys } from '../own-keys.ts';
import { deletePeer, listPeers } from './objects.ts';

/**
 * Takes a Peer of this laptop away, and its key with it unless a profile has that.
 *
 * @param name null for the only one that is ours
 * @returns the name of the Peer that is gone
 * @throws FaultError `kilo-peer-not-found`, `peer-not-ours`, `peer-ambiguous`, `api-forbidden`, `api-refused`, `kilo-absent`, and those
 *   of the connection
 */
export async function removePeer(client: ApiClient, name: string | null, keys: OwnKeys): Promise<string> {
  const found = (await listPeers(client)).flatMap(namedPeer);
  const { uid, publicKey, ...peer } = name === null ? await onlyOwn(found, keys) : namedIn(found, name);
  if (publicKey === null || !(await keys.has(publicKey))) throw notOurs(peer.name);
  await deletePeer(client, peer.name, uid);
  await keys.forget(publicKey);
  return peer.name;
}

interface NamedPeer {
  readonly name: string;
  /** Which of all that have had this name. */
  readonly uid: string | null;
  readonly publicKey: KeyText | null;
}

/** One that Kilo passes over can be taken away as well. */
function namedPeer(item: unknown): NamedPeer[] {
  const { metadata, spec } = isObject(item) ? item : {};
  const { name, uid } = isObject(metadata) ? metadata : {};
  const key = isObject(spec) ? spec['publicKey'] : null;
  if (typeof name !== 'string') return [];
  return [
    {
      name,
      uid: typeof uid === 'string' ? uid : null,
      publicKey: typeof key === 'string' ? parseMeshKey(key) : null,
    },
  ];
}

async function onlyOwn(found: readonly NamedPeer[], keys: OwnKeys): Promise<NamedPeer> {
  const own = await keys.among(found);
  const [first, ...others] = own;
  if (first === undefined) throw notFound('The cluster has no Peer whose private key is kept here.');
  if (others.length === 0) return first;
  throw new FaultError({
    code: 'peer-ambiguous',
    message: `Several Peers of the cluster are ours: ${own.map((peer) => printable(peer.name)).join(', ')}.`,
    hint: 'Say which: adit cluster peer remove NAME',
  });
}

function namedIn(found: readonly NamedPeer[], name: string): NamedPeer {
  const peer = found.find((other) => other.name === name);
  if (peer !== undefined) return peer;
  throw notFound(`The cluster has no Peer ${JSON.stringify(name)}.`);
}

function notFound(message: string): FaultError {
  return new FaultError({
    code: 'kilo-peer-not-found',
    message,
    hint: '"adit cluster peer list" shows those that there are.',
    command: 'adit cluster peer list',
  });
}

function notOurs(name: string): FaultError {
  return new FaultError({
    code: 'peer-not-ours',
    message: `The Peer ${printable(name)} is somebody else’s: its private key is not kept here.`,
    hint: 'It is left alone. If you know that nobody needs it, take it away by hand:',
    command: `kubectl delete peers.kilo.squat.ai ${shellWord(name)}`,
  });
}
