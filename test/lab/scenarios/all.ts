import { openCalicoMtu } from './calico-mtu.ts';
import { openFourClouds } from './four-clouds.ts';
import { openFullTunnel } from './full-tunnel.ts';
import type { Scenario } from './scenario.ts';
import { openKiloLocation } from './kilo-location.ts';
import { openSameSubnet } from './same-subnet.ts';
import { openSiteToLan } from './site-to-lan.ts';
import { openTwoHosts } from './two-hosts.ts';

/** Every scenario by its id; each call builds a lab of its own. */
export const SCENARIOS = {
  'full-tunnel': openFullTunnel,
  'site-to-lan': () => openSiteToLan(),
  'same-subnet': openSameSubnet,
  'two-hosts': openTwoHosts,
  'four-clouds': openFourClouds,
  'kilo-location': openKiloLocation,
  'calico-mtu': openCalicoMtu,
} as const satisfies Readonly<Record<string, () => Promise<Scenario>>>;

/** Id of a scenario. */
export type ScenarioId = keyof typeof SCENARIOS;

/** Whether a word is a scenario's id. */
export function isScenarioId(word: string): word is ScenarioId {
  return Object.hasOwn(SCENARIOS, word);
}
