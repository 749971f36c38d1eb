import type { Fix } from '../../text/edit.ts';
import type { PortReading } from '../../values/port.ts';
import { fixBy, replacePlace } from '../report.ts';
import type { Place, Report } from '../report.ts';

/** Checks a port, of ListenPort or of an endpoint. `text` is the port as it was read, blanks removed. */
export function checkPort(
  report: Report,
  place: Place,
  field: 'ListenPort' | 'Endpoint',
  text: string,
  reading: PortReading,
): void {
  switch (reading.kind) {
    case 'plain':
      return;
    case 'signed':
      report.add('port-signed', place, [reading.port], () => writePort(report, place, reading.port));
      return;
    case 'service':
      report.add('port-service', place, [text, reading.port], () => writePort(report, place, reading.port));
      return;
    case 'wrapped':
      report.add('port-out-of-range', place, [text, reading.port]);
      return;
    case 'any':
      // Without a host, getaddrinfo has nothing left to go by and refuses.
      if (field === 'ListenPort') report.add('port-malformed', place, [field, text]);
      else report.add('port-any', place, []);
      return;
    case 'refused':
      report.add('port-malformed', place, [field, text]);
  }
}

function writePort(report: Report, place: Place, port: number): Fix {
  return fixBy(`Write ${port}`, replacePlace(report.file, place, String(port)));
}
