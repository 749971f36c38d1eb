import type { Tunnel } from '../../tunnel/tunnel.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { farSideOf } from './far-side.ts';
import type { FarSide } from './far-side.ts';

/** What one of the servers of a tunnel has to know of this end. */
export interface ServerSnippet extends Pick<FarSide, 'peerSection' | 'wgSet' | 'routes'> {
  /** What the file calls the server; null where it does not. */
  readonly server: string | null;
  readonly publicKey: KeyText;
  /** `HOST:PORT` at which it is dialled; null where it dials. */
  readonly endpoint: string | null;
}

/**
 * What each server of a tunnel has to know of this end: its key, the preshared key that it shares with just that server, and its addresses.
 *
 * @param label what the servers call this end
 * @param publicKey of this end
 * @param link the interface of the servers, in commands
 */
export function serverSnippets(
  { addresses, peers, interface: own }: Tunnel,
  label: string,
  publicKey: KeyText,
  link: string,
): ServerSnippet[] {
  return peers.map((peer) => {
    const { peerSection, wgSet, routes } = farSideOf(
      {
        name: label.replace(/\p{Cc}+/gu, ' '),
        interface: own,
        addresses: addresses.map(({ address }) => ({ address, length: address.family === 4 ? 32 : 128 })),
        listenPort: null,
        reachableAt: null,
        lan: [],
        dns: [],
        mtu: null,
        peer: {
          publicKey: peer.publicKey,
          presharedKey: peer.presharedKey,
          name: peer.name,
          endpoint: null,
          allowedIps: [],
          keepalive: null,
        },
      },
      publicKey,
      link,
    );
    return {
      server: peer.name,
      publicKey: peer.publicKey,
      endpoint: peer.endpoint === null ? null : endpointText(peer.endpoint),
      peerSection,
      wgSet,
      routes,
    };
  });
}

/** The snippets as one text, each under a comment that says whose it is. */
export function serverSnippetsText(snippets: readonly ServerSnippet[]): string {
  return snippets
    .map(({ server, publicKey, endpoint, peerSection, wgSet, routes }) => {
      const where = endpoint === null ? '' : ` (${endpoint})`;
      return [
        `# For ${server?.replace(/\p{Cc}+/gu, ' ') ?? publicKey}${where}. While its interface is up:`,
        ...[wgSet, ...routes].map((command) => `#   ${command}`),
        peerSection,
      ].join('\n');
    })
    .join('\n');
}

function endpointText({ host, port }: NonNullable<Tunnel['peers'][number]['endpoint']>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
