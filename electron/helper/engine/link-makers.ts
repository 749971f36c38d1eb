import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import type { PreparedTunnel } from '../tunnels/prepared.ts';
import { markerFor } from './engine-processes.ts';
import { wgConf } from './wg-conf.ts';

/** A way to make an interface. */
export interface LinkMaker {
  /** The text of the file that it is made of. */
  conf(prepared: PreparedTunnel): string;
  /** Makes it, with its key and peers, and up. Rejects where it cannot, and may have begun then. @param path of that file */
  make(prepared: PreparedTunnel, path: string): Promise<void>;
}

/** Milliseconds an engine may take to make its interface, and wg-quick for all it does. Neither waits for a name: endpoints are addresses. */
const timeouts = { engine: 20_000, wgQuick: 50_000 } as const;

/** What `ip link add type wireguard` says where the kernel has no WireGuard; older kernels the latter. */
export const noSuchLink = /Unknown device type|Operation not supported/;

/**
 * Makes an interface as wg-quick does, by the same programs: of the kernel's WireGuard, and where there is none by wireguard-go.
 *
 * @see wireguard-tools src/wg-quick/linux.bash add_if, set_config, set_mtu_up
 */
export function directly(programs: Programs): LinkMaker {
  // A kernel without WireGuard stays without for as long as nobody loads a module; then the next helper finds it.
  let isInKernel = true;
  const addToKernel = async (name: string): Promise<boolean> => {
    try {
      await run(programs.path('ip'), ['link', 'add', 'dev', name, 'type', 'wireguard']);
      return true;
    } catch (error) {
      if (!(error instanceof ProgramError && noSuchLink.test(error.stderr))) throw error;
      if (programs.find('wireguard-go') === null) throw error;
      return false;
    }
  };
  return {
    conf: wgConf,
    async make({ tunnel, mtu }, path) {
      const name = tunnel.interface;
      isInKernel &&= await addToKernel(name);
      if (!isInKernel) {
        const options = { timeout: timeouts.engine, environment: markerFor(name) };
        await run(programs.path('wireguard-go'), [name], options);
      }
      await run(programs.path('wg'), ['setconf', name, path]);
      // Not before: wireguard-go goes on in a child, which sets an MTU of its own before it answers anybody.
      await run(programs.path('ip'), ['link', 'set', 'dev', name, 'mtu', String(mtu), 'up']);
    },
  };
}

/** Makes an interface by wg-quick itself, which makes neither addresses nor routes then. */
export function byWgQuick(programs: Programs): LinkMaker {
  return {
    conf: (prepared) => wgConf(prepared, [`MTU = ${prepared.mtu}`, 'Table = off']),
    async make({ tunnel }, path) {
      const wireguardGo = programs.find('wireguard-go');
      await run(programs.path('wg-quick'), ['up', path], {
        timeout: timeouts.wgQuick,
        environment: {
          ...markerFor(tunnel.interface),
          ...(wireguardGo === null ? {} : { WG_QUICK_USERSPACE_IMPLEMENTATION: wireguardGo }),
        },
      });
    },
  };
}
