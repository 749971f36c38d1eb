import { expect } from 'vitest';
import type { Diagnosis } from '../../../shared/diagnosis/diagnosis.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { AditClient } from './client.ts';

/** Most tests diagnose several times, and each may take half a minute where others keep the machine busy. Milliseconds. */
export const patient = { timeout: 240_000 } as const;

/** What `adit diagnose` said. */
export interface Told extends Diagnosis {
  readonly code: number | null;
  /** The codes of what is wrong, notes left out. */
  readonly wrong: readonly string[];
  readonly notes: readonly string[];
}

/** Runs `adit diagnose` inside the client's host. */
export async function diagnose(adit: AditClient, ...words: string[]): Promise<Told> {
  const { stdout, stderr, code } = await adit.runInside('diagnose', ...words, '--json');
  expect(stderr).toBe('');
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  const codesOf = (isNote: boolean): string[] =>
    diagnosis.findings.filter(({ severity }) => (severity === 'note') === isNote).map((found) => found.code);
  const wrong = codesOf(false);
  expect(code, JSON.stringify(diagnosis, null, 1)).toBe(wrong.length === 0 ? 0 : 1);
  return { ...diagnosis, code, wrong, notes: codesOf(true) };
}

/** Every command that a finding gives, as `where: command`. */
export function commandsOf({ findings }: Diagnosis): string[] {
  return findings.flatMap(({ commands }) => commands.map(({ where, command }) => `${where}: ${command}`));
}

/** Brings a scenario's own profile up, changed or not, and does something with it. */
export async function diagnosed(
  stage: Scenario,
  work: (adit: AditClient) => Promise<void>,
  change: (text: string) => string = (text) => text,
): Promise<void> {
  const { client, lab, profile } = stage;
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import(profile.name, change(profile.text));
  await adit.done('up', profile.name);
  await work(adit);
}
