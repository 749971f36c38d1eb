import { expect } from 'vitest';
import type { Fault } from '../../../shared/fault.ts';
import type { Host } from '../host.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { AditClient } from './client.ts';

/** A PC whose network has settled, with a helper and a profile `home`. */
export interface Stage {
  readonly scenario: FullTunnel;
  readonly client: Host;
  readonly adit: AditClient;
  /** The network without a tunnel. */
  readonly before: Snapshot;
}

/**
 * Does something in bad circumstances, and looks whether the network is as before afterwards.
 *
 * @param prepare is called before there is a helper
 */
export async function inBadCircumstances(
  work: (stage: Stage) => Promise<void>,
  prepare: (client: Host) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await using scenario = await openFullTunnel();
  const { client, lab, profile } = scenario;
  await client.settled();
  await prepare(client);
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import('home', profile.text);
  const before = await networkSnapshot(client);
  await work({ scenario, client, adit, before });
  await expectAsBefore({ client, before });
}

/** Nothing of ours is on the host. */
export async function expectAsBefore({ client, before }: Pick<Stage, 'client' | 'before'>): Promise<void> {
  expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
  expect(client.processes('wireguard-go')).toEqual([]);
}

/** What `adit` refuses something with: a code, a sentence and a next step. */
export async function refusal(adit: AditClient, ...words: string[]): Promise<Fault> {
  const { code, value } = await adit.json(...words);
  const { error } = value as { error: Fault };
  expect(code, JSON.stringify(value)).toBe(1);
  expect(error.message).toMatch(/^\S.{10,}$/);
  expect(error.hint).toMatch(/^[A-Z].*\.$/);
  return error;
}

/** Makes a program of the host's not be there. @returns what brings it back */
export async function hideProgram(client: Host, path: string): Promise<() => Promise<unknown>> {
  await client.run(['mount', '--bind', '/dev/null', path]);
  return () => client.run(['umount', path]);
}
