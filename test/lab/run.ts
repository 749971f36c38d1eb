/**
 * Builds a scenario for a person to walk about in, until Ctrl-C.
 *
 *   node test/lab/run.ts SCENARIO
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { obstacles } from './requirements.ts';
import type { ScenarioId } from './scenarios/all.ts';
import { isScenarioId, SCENARIOS } from './scenarios/all.ts';

const [id = ''] = process.argv.slice(2);
if (!isScenarioId(id)) {
  console.error(`usage: node test/lab/run.ts ${Object.keys(SCENARIOS).join('|')}`);
  process.exitCode = 2;
} else if (!reportObstacles()) {
  await show(id);
} else {
  process.exitCode = 1;
}

/** Says what keeps the lab from being built; false where nothing does. */
function reportObstacles(): boolean {
  const found = obstacles();
  for (const { message, command } of found) {
    console.error(command === undefined ? message : `${message}\n    ${command}`);
  }
  return found.length > 0;
}

async function show(scenario: ScenarioId): Promise<void> {
  const interrupted = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  const begin = performance.now();
  await using stage = await SCENARIOS[scenario]();
  const { title, lab, client, profile, reachable, places } = stage;
  const file = join(lab.folder, `${profile.name}.conf`);
  await writeFile(file, profile.text, { mode: 0o600 });

  console.log(`${title} (stands after ${Math.round(performance.now() - begin)} ms)\n`);
  for (const [host, what] of places) console.log(`${host.name}: ${what}\n    ${host.enterLine}`);
  console.log(`\nThe client's profile: ${file}`);
  console.log(`With its tunnel up, from ${client.name}:`);
  for (const { what, url, caller } of reachable)
    console.log(`    curl ${url}    ${what}, which sees ${caller}`);
  console.log('\nCtrl-C takes everything down.');

  await Promise.race([interrupted, lab.ended]);
}
