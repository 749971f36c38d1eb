import { dnsText } from '../../../shared/names/words.ts';
import type { PeerStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';

/** A tunnel in words, for a terminal: a line for itself, one for each peer, and what it warns of. */
export function tunnelText(tunnel: TunnelStatus, now: number): string {
  const { name, state, engine, engineVersion, since, failure, warnings, peers, dns, scripts } = tunnel;
  const facts = [
    engine === null ? null : `${engine} ${engineVersion ?? ''}`.trim(),
    tunnel.interface === name ? null : `interface ${tunnel.interface}`,
    tunnel.killSwitch === 'off' ? null : `kill switch ${tunnel.killSwitch}`,
    since === null ? null : `up for ${span(now - Date.parse(since))}`,
  ].filter((fact) => fact !== null);
  return [
    [name, state, ...(facts.length === 0 ? [] : [`(${facts.join(', ')})`])].join('  '),
    ...(failure === null ? [] : [`  ${failure.message}`, `  ${failure.hint}`]),
    ...peers.map((peer) => `  ${peerText(peer, now)}`),
    ...(dns.mode === 'none' ? [] : [`  Names: ${dnsText(dns)}`]),
    ...(tunnel.killSwitch === 'blocking' ? [`  ${blockingText(name)}`] : []),
    ...(scripts === 'ran' ? ['  Scripts of the profile ran as root.'] : []),
    ...warnings.map(({ message, hint }) => `  Note: ${message} ${hint}`),
  ].join('\n');
}

function blockingText(name: string): string {
  return `No peer answers, and the kill switch lets nothing else out. To sign in at a captive portal: adit unblock ${JSON.stringify(name)}`;
}

function peerText(peer: PeerStatus, now: number): string {
  const { name, publicKey, state, endpoint, latestHandshake, rxBytes, txBytes } = peer;
  return [
    name ?? `${publicKey.slice(0, 8)}…`,
    state,
    endpoint ?? 'no endpoint',
    latestHandshake === null
      ? 'no handshake yet'
      : `handshake ${span(now - Date.parse(latestHandshake))} ago`,
    `received ${amount(rxBytes)}, sent ${amount(txBytes)}`,
  ].join('  ');
}

/** A time in its two largest units. @param milliseconds of less than a second, or none, count as 0 s */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** An amount of data in binary units, as `wg` prints it. */
export function amount(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(2)} ${units[unit] ?? ''}`;
}
