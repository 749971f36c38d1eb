import { contains, formatInterfaceAddress, hostPrefix } from '../../network/prefix.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';
import { deviceOf } from '../meaning/device.ts';
import type { Device, DevicePeer } from '../meaning/device.ts';
import { quickOptionsOf } from '../meaning/quick-options.ts';
import { sectionsOf } from '../syntax/conf-file.ts';
import type { ConfFile } from '../syntax/conf-file.ts';
import type { Diagnostic } from './diagnostic.ts';
import { placeOfLine, Report } from './report.ts';
import type { Place } from './report.ts';

/** A configuration among others. */
export interface NamedFile {
  readonly name: string;
  readonly file: ConfFile;
}

/**
 * What is wrong between configurations: those of the hosts of one network, or all of one host. Each is expected to have been
 * diagnosed alone before. Gives the findings of each, in the order of the files.
 */
export function diagnoseTogether(files: readonly NamedFile[]): { name: string; diagnostics: Diagnostic[] }[] {
  const hosts = files.map(hostOf);
  const byKey = new Map<string, Host>();
  for (const host of hosts) if (host.device.publicKey !== null) byKey.set(host.device.publicKey, host);
  checkUniqueness(hosts);
  for (const host of hosts) {
    for (const peer of host.device.peers) {
      const other = byKey.get(peer.publicKey);
      if (other !== undefined && other !== host) checkConnection(host, peer, other);
    }
  }
  return hosts.map(({ name, report }) => ({ name, diagnostics: report.finish() }));
}

interface Host {
  readonly name: string;
  readonly report: Report;
  readonly device: Device;
  readonly addresses: readonly InterfaceAddress[];
  readonly interfacePlace: Place;
}

function hostOf({ name, file }: NamedFile): Host {
  let line = 0;
  for (const section of sectionsOf(file)) {
    if (section.kind !== 'interface') continue;
    line = section.firstLine;
    break;
  }
  return {
    name,
    report: new Report(file),
    device: deviceOf(file),
    addresses: quickOptionsOf(file).addresses,
    interfacePlace: placeOfLine(file, line),
  };
}

function checkUniqueness(hosts: readonly Host[]): void {
  const byAddress = new Map<string, Host>();
  const byKey = new Map<string, Host>();
  for (const host of hosts) {
    for (const { address } of host.addresses) {
      const text = formatInterfaceAddress({ address, length: hostPrefix(address).length });
      const before = byAddress.get(text);
      if (before === undefined) byAddress.set(text, host);
      else if (before !== host)
        host.report.add('address-in-two-profiles', host.interfacePlace, [text, before.name]);
    }
    const { publicKey } = host.device;
    const before = publicKey === null ? undefined : byKey.get(publicKey);
    if (before !== undefined) host.report.add('key-in-two-profiles', host.interfacePlace, [before.name]);
    else if (publicKey !== null) byKey.set(publicKey, host);
  }
}

/** Checks a peer against the profile that it is. */
function checkConnection(host: Host, peer: DevicePeer, other: Host): void {
  const { report } = host;
  const place = placeOfPeer(report, peer);
  const back = other.device.peers.find(({ publicKey }) => publicKey === host.device.publicKey);
  if (back === undefined) report.add('peer-unknown-there', place, [other.name]);
  else if (back.presharedKey !== peer.presharedKey) report.add('preshared-key-differs', place, [other.name]);
  if (peer.endpoint !== null && peer.endpoint.port !== other.device.listenPort) {
    report.add('endpoint-port-differs', place, [other.name, other.device.listenPort]);
  }
  for (const { address } of other.addresses) {
    if (peer.allowedIps.some((prefix) => contains(prefix, address))) continue;
    const text = formatInterfaceAddress({ address, length: hostPrefix(address).length });
    report.add('address-not-allowed', place, [other.name, text]);
  }
}

function placeOfPeer(report: Report, peer: DevicePeer): Place {
  return placeOfLine(report.file, peer.sections.at(-1)?.firstLine ?? 0);
}
