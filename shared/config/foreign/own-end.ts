import { setField } from '../syntax/change.ts';
import { lineEndOf, sectionsOf } from '../syntax/conf-file.ts';
import type { ConfFile } from '../syntax/conf-file.ts';
import { parse } from '../syntax/parse.ts';
import { settingsNamed } from '../meaning/peer-section.ts';

/** What a host says of itself in a tunnel, and a file made on another host cannot. */
export interface OwnEnd {
  /** A private key in base64; absent, nothing is filled in. */
  readonly privateKey?: string;
  /** Words of Address, such as `10.5.0.1/32`; none, nothing is filled in. */
  readonly addresses: readonly string[];
}

/**
 * Fills in what a file does not say of its own end, such as `kgctl showconf peer` prints it without any [Interface]. What it
 * does say stays.
 *
 * @throws RangeError for a value that would not stay on its line
 */
export function fillOwnEnd(file: ConfFile, { privateKey, addresses }: OwnEnd): ConfFile {
  let filled = file;
  if (privateKey !== undefined && !says(filled, 'PrivateKey'))
    filled = withField(filled, 'PrivateKey', privateKey);
  if (addresses.length > 0 && !says(filled, 'Address'))
    filled = withField(filled, 'Address', addresses.join(', '));
  return filled;
}

function says(file: ConfFile, field: 'PrivateKey' | 'Address'): boolean {
  for (const section of sectionsOf(file)) {
    if (section.kind === 'interface' && !settingsNamed(file, section, field).next().done) return true;
  }
  return false;
}

/** wg-quick finds its Address in a plain [Interface] only. */
function withField(file: ConfFile, field: 'PrivateKey' | 'Address', value: string): ConfFile {
  for (const section of sectionsOf(file)) {
    if (section.kind === 'interface' && section.plain) return setField(file, section.index, field, value);
  }
  const end = lineEndOf(file);
  const blank = file.text === '' ? '' : end;
  const opened = parse(`[Interface]${end}${blank}${file.text}`);
  return setField(opened, 1, field, value);
}
