import type { Address } from '../../../network/address.ts';
import { squeezedValue } from '../../syntax/conf-file.ts';
import type { Setting } from '../../syntax/conf-file.ts';
import type { Fix } from '../../text/edit.ts';
import { formatEndpoint, formatHost, readEndpoint } from '../../values/endpoint.ts';
import type { EndpointReading } from '../../values/endpoint.ts';
import { fixBy, placeOfValue, replacePlace } from '../report.ts';
import type { Place, Report } from '../report.ts';
import { checkPort } from './ports.ts';

/**
 * Checks an endpoint.
 *
 * @returns its literal address, where it has one
 */
export function checkEndpoint(report: Report, setting: Setting): { address: Address; place: Place } | null {
  const place = placeOfValue(setting);
  const value = squeezedValue(report.file, setting);
  const endpoint = readEndpoint(value);
  switch (endpoint.kind) {
    case 'no-port':
      report.add('endpoint-no-port', place, [], () => withDefaultPort(report, place, value));
      return null;
    case 'no-bracket':
      report.add('endpoint-bracket', place, []);
      return null;
    case 'read':
      return checkRead(report, place, endpoint);
  }
}

function checkRead(
  report: Report,
  place: Place,
  endpoint: Extract<EndpointReading, { kind: 'read' }>,
): { address: Address; place: Place } | null {
  const portPlace = placeOfPort(report, place, endpoint.portText);
  const hostPlace = { ...place, end: Math.max(place.start, portPlace.start - 1) };
  // With neither host nor port given, getaddrinfo refuses; wg says nothing better than for a bad host.
  const nothing = endpoint.host.kind === 'wildcard' && endpoint.port.kind === 'any';
  if (nothing) report.add('endpoint-host', hostPlace, [endpoint.hostText]);
  else checkPort(report, portPlace, 'Endpoint', endpoint.portText, endpoint.port);
  if (endpoint.port.kind === 'plain' && endpoint.port.port === 0)
    report.add('endpoint-port-zero', portPlace, []);
  if (!nothing) checkHost(report, hostPlace, endpoint);
  if (endpoint.host.kind !== 'address') return null;
  checkBrackets(report, place, endpoint);
  return { address: endpoint.host.address, place: hostPlace };
}

function checkHost(report: Report, place: Place, endpoint: Extract<EndpointReading, { kind: 'read' }>): void {
  const { host, hostText } = endpoint;
  switch (host.kind) {
    case 'refused':
      report.add('endpoint-host', place, [hostText], () => withoutScheme(report, place, hostText));
      return;
    case 'numeric-name':
      report.add('endpoint-not-an-address', place, [hostText]);
      return;
    case 'escaped-name':
      report.add('endpoint-escaped', place, [hostText, host.name], () =>
        fixBy(`Write ${host.name}`, replacePlace(report.file, place, host.name)),
      );
      return;
    case 'wildcard':
      report.add('endpoint-wildcard', place, []);
      return;
    case 'name':
      return;
    case 'address': {
      const meant = formatHost(host) ?? hostText;
      if (host.shorthand) {
        report.add('endpoint-shorthand', place, [hostText, meant], () =>
          fixBy(`Write ${meant}`, replacePlace(report.file, place, meant)),
        );
      }
      if (isNobody(host.address)) report.add('endpoint-unusual', place, [meant]);
    }
  }
}

/** IPv6 wants brackets and IPv4 none: `wg` takes either, other programs do not. */
function checkBrackets(
  report: Report,
  place: Place,
  endpoint: Extract<EndpointReading, { kind: 'read' }>,
): void {
  const { host, port, bracketed } = endpoint;
  if (host.kind !== 'address' || bracketed === (host.address.family === 6)) return;
  const meant = formatEndpoint(host, port);
  if (meant === null) return;
  report.add('endpoint-brackets', place, [meant], () =>
    fixBy(`Write ${meant}`, replacePlace(report.file, place, meant)),
  );
}

/** Unspecified, loopback and multicast addresses: no other host is there. */
function isNobody({ family, words }: Address): boolean {
  const [first = 0, second = 0, third = 0, last = 0] = words;
  if (family === 4) return first >>> 24 === 0 || first >>> 24 === 127 || first >>> 28 >= 14;
  return first >>> 24 === 0xff || (first === 0 && second === 0 && third === 0 && last <= 1);
}

/** The digits behind the last colon, as they stand in the file with any blanks between them. */
function placeOfPort(report: Report, place: Place, portText: string): Place {
  const colon = report.file.text.lastIndexOf(':', place.end - 1);
  const start = colon < place.start || portText.includes(':') ? place.end : colon + 1;
  return { ...place, start };
}

function withDefaultPort(report: Report, place: Place, value: string): Fix | null {
  if (value.length > 300) return null;
  const colons = value.split(':').length - 1;
  const host = value.replace(/:$/, '');
  const full = colons > 1 && !host.startsWith('[') ? `[${host}]:51820` : `${host}:51820`;
  const endpoint = readEndpoint(full);
  if (endpoint.kind !== 'read' || formatEndpoint(endpoint.host, endpoint.port) === null) return null;
  return fixBy(`Write ${full}`, replacePlace(report.file, place, full));
}

function withoutScheme(report: Report, place: Place, host: string): Fix | null {
  const name = /^[a-z]+:\/\/([A-Za-z0-9.-]+)$/.exec(host.slice(0, 300))?.[1];
  return name === undefined ? null : fixBy(`Write ${name}`, replacePlace(report.file, place, name));
}
