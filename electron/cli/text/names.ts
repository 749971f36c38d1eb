import type { NameAnswer } from '../../../shared/diagnosis/name-facts.ts';
import type { NameCheck } from '../../backend/diagnosis/names.ts';
import { findingText } from './diagnosis.ts';
import { table } from './table.ts';

/** Who was asked for a name and what each said, then what is wrong. */
export function namesText({ name, servers, system, findings }: NameCheck): string {
  const rows = servers.map((server) => [
    server.server,
    server.tunnel === null ? 'no tunnel' : `"${server.tunnel}", ${server.peer ?? 'no peer'}`,
    whatItSays(server),
  ]);
  if (system !== null) rows.push(['this machine', '', whatItSays(system)]);
  return [
    name,
    ...(rows.length === 0 ? [] : [table(['asked', 'through', 'says'], rows)]),
    ...findings.map(findingText),
  ].join('\n\n');
}

function whatItSays({ outcome, addresses, milliseconds }: NameAnswer): string {
  const words = outcome === 'answered' ? addresses.join(', ') : outcome.replaceAll('-', ' ');
  return milliseconds === null ? words : `${words} (${milliseconds} ms)`;
}
