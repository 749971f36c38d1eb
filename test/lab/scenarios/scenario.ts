import type { Host } from '../host.ts';
import type { Lab } from '../lab.ts';

/** A profile as the client's user got it: a file's name and its text. */
export interface Profile {
  /** Base name of the file, a legal interface name. */
  readonly name: string;
  readonly text: string;
}

/** Something that answers over the web once the client's tunnel carries traffic. */
export interface Reachable {
  readonly what: string;
  readonly url: string;
  /** The address under which it sees the client. */
  readonly caller: string;
}

/** A network that stands, all but the client's own tunnel: that is the product's job. */
export interface Scenario extends AsyncDisposable {
  readonly title: string;
  readonly lab: Lab;
  /** The PC or laptop the product runs on. */
  readonly client: Host;
  /** What its user imports. */
  readonly profile: Profile;
  /** What has to answer once the profile is up. */
  readonly reachable: readonly Reachable[];
  /** What stands where, a line for each host. */
  readonly places: readonly (readonly [host: Host, what: string])[];
}

/**
 * Builds a scenario in a lab of its own and waits until the client's links have settled; a lab whose building fails
 * is closed again.
 * @throws what `build` throws.
 */
export async function inLab<T extends Scenario>(lab: Lab, build: () => Promise<T>): Promise<T> {
  try {
    const scenario = await build();
    await scenario.client.settled();
    return scenario;
  } catch (error) {
    await lab.close();
    throw error;
  }
}
