import type { CloudName } from '../scenarios/cloud.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { startCloudAgents } from './cloud-agents.ts';
import { onStage, podsThatAnswerOf } from './stage.ts';
import type { ClusterStage } from './stage.ts';

export { soon, whyNot } from './stage.ts';

/** A stage on four clouds. */
export type Stage = ClusterStage<FourClouds, CloudName>;

/** Seed 002's clouds, with a real API server that tells of them, and Kilo's agents on the nodes. */
export function inCluster(work: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(openFourClouds, startCloudAgents, work);
}

/** Which clouds' pods answer. */
export function podsThatAnswer(scenario: FourClouds): Promise<CloudName[]> {
  return podsThatAnswerOf(scenario, scenario.clouds);
}
