import { hiddenKey } from '../../../contract/ui/verbs.ts';
import { parseInterfaceAddress } from '../../../network/prefix.ts';
import { clampedKey } from '../../keys/key-pair.ts';
import { squeezedUpTo, valueText } from '../../syntax/conf-file.ts';
import type { ConfFile, Setting } from '../../syntax/conf-file.ts';
import type { Field } from '../../syntax/vocabulary.ts';
import type { Edit, Fix } from '../../text/edit.ts';
import { isKey, isPlaceholder, keyProblem, respelledKey, zeroKey } from '../../values/key.ts';
import type { Facts } from '../facts.ts';
import { fixBy, placeOfValue, replacePlace } from '../report.ts';
import type { Report } from '../report.ts';

/** Checks PrivateKey. */
export function checkPrivateKey(report: Report, _: Facts, setting: Setting): void {
  const key = checkKey(report, setting, 'PrivateKey');
  if (key === null) return;
  const place = placeOfValue(setting);
  if (key === zeroKey) report.add('private-key-zero', place, []);
  else if (clampedKey(key) !== key) report.add('private-key-unclamped', place, []);
}

/** Checks PublicKey. */
export function checkPublicKey(report: Report, facts: Facts, setting: Setting): void {
  const key = setting === facts.peerKey?.setting ? facts.peerKey.key : checkKey(report, setting, 'PublicKey');
  if (key === null) return;
  const place = placeOfValue(setting);
  if (key === facts.privateKey) report.add('private-key-as-public', place, []);
  else if (key === facts.publicKey) report.add('own-public-key', place, []);
  else if (key === zeroKey) report.add('public-key-zero', place, []);
}

/** Checks PresharedKey. */
export function checkPresharedKey(report: Report, facts: Facts, setting: Setting): void {
  const key = checkKey(report, setting, 'PresharedKey');
  if (key === null) return;
  const place = placeOfValue(setting);
  if (key === zeroKey) report.add('preshared-key-zero', place, []);
  else facts.presharedKeys.push({ key, place });
}

/** Whether a preshared key is one of the other keys of the file; needs all peers. */
export function checkReusedKeys(report: Report, facts: Facts): void {
  for (const { key, place } of facts.presharedKeys) {
    if (key === facts.privateKey || facts.peerByKey.has(key)) report.add('preshared-key-reused', place, []);
  }
}

/** A value that is longer is not looked at any closer. */
const longestTried = 200;

/** The key, or null where it is reported that there is none. */
function checkKey(
  report: Report,
  setting: Setting,
  field: 'PrivateKey' | 'PublicKey' | 'PresharedKey',
): string | null {
  const { file } = report;
  const place = placeOfValue(setting);
  const value = squeezedUpTo(file, setting, longestTried);
  if (value === null) {
    report.add('key-malformed', place, [field, 'length']);
    return null;
  }
  if (isKey(value)) return value;
  if (value === hiddenKey) {
    report.add('key-hidden', place, [field]);
  } else if (/[.:]/.test(value) && parseInterfaceAddress(value) !== null) {
    const meant: Field = field === 'PublicKey' ? 'AllowedIPs' : 'Address';
    report.add('key-is-address', place, [field, meant], () =>
      // Under [Peer] a PresharedKey cannot become an Address.
      field === 'PresharedKey'
        ? null
        : fixBy(
            `Make it ${meant}`,
            replacePlace(file, { ...place, start: setting.keyStart, end: setting.keyEnd }, meant),
          ),
    );
  } else if (isPlaceholder(value)) {
    report.add('key-placeholder', place, [field]);
  } else {
    report.add('key-malformed', place, [field, keyProblem(value) ?? 'length'], () =>
      respelling(file, setting, field, value),
    );
  }
  return null;
}

/** Repairs base64url sign by sign, so that no edit holds a key; hexadecimal only where the key is public anyway. */
function respelling(file: ConfFile, setting: Setting, field: Field, value: string): Fix | null {
  const key = respelledKey(value);
  if (key === null) return null;
  const place = placeOfValue(setting);
  if (key.slice(0, 43) !== value.slice(0, 43).replaceAll('-', '+').replaceAll('_', '/')) {
    return field === 'PublicKey' ? fixBy('Write it in base64', replacePlace(file, place, key)) : null;
  }
  const edits: Edit[] = [];
  const written = valueText(file, setting);
  for (let index = 0; index < written.length; index += 1) {
    const sign = written.charAt(index);
    const at = { ...place, start: place.start + index, end: place.start + index + 1 };
    if (sign === '-') edits.push(replacePlace(file, at, '+'));
    if (sign === '_') edits.push(replacePlace(file, at, '/'));
  }
  if (!value.endsWith('=')) edits.push(replacePlace(file, { ...place, start: place.end }, '='));
  return fixBy('Write it in standard base64', ...edits);
}
