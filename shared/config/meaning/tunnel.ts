import type { Endpoint, Tunnel, TunnelPeer } from '../../tunnel/tunnel.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { sectionsOf } from '../syntax/conf-file.ts';
import type { ConfFile } from '../syntax/conf-file.ts';
import { formatHost } from '../values/endpoint.ts';
import { deviceOf } from './device.ts';
import type { DevicePeer } from './device.ts';
import { nameOf } from './names.ts';
import { quickOptionsOf } from './quick-options.ts';

/** A tunnel, or the errors that keep a file from being one. */
export type TunnelResult = { readonly tunnel: Tunnel } | { readonly problems: readonly Diagnostic[] };

/**
 * What a configuration means: the state that `wg setconf` would lead to, and wg-quick's own settings beside it.
 *
 * @param identity the profile's name and the interface it takes; neither is in the file
 * @returns the tunnel where {@link diagnose} finds no error, and otherwise the errors, of which there is at least one
 */
export function toTunnel(
  file: ConfFile,
  identity: { readonly name: string; readonly interface: string },
): TunnelResult {
  const problems = diagnose(file, { interface: identity.interface }).filter(
    ({ severity }) => severity === 'error',
  );
  if (problems.length > 0) return { problems };
  const { privateKey, listenPort, fwMark, peers } = deviceOf(file);
  if (privateKey === null) throw new Error('a configuration without errors has a private key');
  return {
    tunnel: {
      ...identity,
      privateKey,
      listenPort,
      fwMark,
      ...quickOptionsOf(file),
      peers: peers.map((peer) => tunnelPeer(file, peer)),
      exclude: [],
      killSwitch: null,
    },
  };
}

/** What the file calls itself: the name of its [Interface]; null where it gives none. */
export function labelOf(file: ConfFile): string | null {
  for (const section of sectionsOf(file)) {
    const name = section.kind === 'interface' ? nameOf(file, section) : null;
    if (name !== null) return name;
  }
  return null;
}

function tunnelPeer(file: ConfFile, peer: DevicePeer): TunnelPeer {
  const { publicKey, presharedKey, allowedIps, persistentKeepalive, sections } = peer;
  let name: string | null = null;
  for (const section of sections) name = nameOf(file, section) ?? name;
  return { publicKey, presharedKey, endpoint: endpointOf(peer), allowedIps, persistentKeepalive, name };
}

function endpointOf({ endpoint }: DevicePeer): Endpoint | null {
  const host = endpoint === null ? null : formatHost(endpoint.host);
  // The dot that ends an absolute name is the 254th character of the longest one, and no resolver needs it.
  return endpoint === null || host === null ? null : { host: host.slice(0, 253), port: endpoint.port };
}
