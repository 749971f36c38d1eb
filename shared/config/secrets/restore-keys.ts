import { hiddenKey } from '../../contract/ui/verbs.ts';
import { keyIn } from '../meaning/peer-section.ts';
import { settingOfLine, sectionsOf, squeezedUpTo, startOfLine, textOfLine } from '../syntax/conf-file.ts';
import type { ConfFile, Section } from '../syntax/conf-file.ts';
import { parse } from '../syntax/parse.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { hiddenLines } from './hide-keys.ts';
import { namedSecrets } from './secret-spans.ts';

/**
 * Puts the keys of the original back where the edited text still has their placeholder. A placeholder is matched by the
 * section it stands in, which for a peer is its public key, so that peers can be moved, removed and added. Where it is not
 * clear which key was meant, the placeholder stays, and `diagnose` reports it.
 *
 * A key comes back in a setting of the same name, or in a line that is otherwise unchanged, and nowhere else: an editor that
 * is not trusted cannot have it put where it would be shown.
 */
export function restoreKeys(edited: string, original: string): string {
  if (!edited.includes(hiddenKey)) return edited;
  const originals = original.split('\n');
  const stored = placesIn(parse(hiddenLines(original).join('\n')));
  const wanted = placesIn(parse(edited));
  const lines = edited.split('\n');
  const done = new Set<Place>();
  for (const keyOf of [wholeLine, settingInSection, settingOfSamePeer(stored, wanted)]) {
    const candidates = groupBy(stored, keyOf);
    for (const [key, places] of groupBy(wanted, keyOf)) {
      for (const [place, source] of pairs(places, candidates.get(key) ?? [], originals)) {
        if (done.has(place)) continue;
        done.add(place);
        const line = originals[source.line] ?? '';
        lines[place.line] = keyOf === wholeLine ? line : withValue(lines[place.line] ?? '', place, line);
      }
    }
  }
  return withoutExposed(lines, edited.split('\n'), done).join('\n');
}

/**
 * Takes back what would now be shown. A line may have been hidden only because its value was secret elsewhere in the file,
 * and that other place is gone.
 */
function withoutExposed(lines: string[], edited: readonly string[], places: ReadonlySet<Place>): string[] {
  for (;;) {
    const shown = hiddenLines(lines.join('\n'));
    const exposed = [...places].filter(
      ({ line }) => shown[line] !== edited[line] && lines[line] !== edited[line],
    );
    if (exposed.length === 0) return lines;
    for (const { line } of exposed) lines[line] = edited[line] ?? '';
  }
}

/** A line with a placeholder in it. */
interface Place {
  readonly line: number;
  readonly text: string;
  /** What tells its section from others, without regard to its position. */
  readonly section: string;
  /** Which [Peer] of the file it stands in, from 0; -1 in another section. */
  readonly peer: number;
  /** The secret key whose whole value the placeholder is, and where it stands in the line. */
  readonly setting: { readonly field: Field; readonly start: number; readonly end: number } | null;
}

type KeyOf = (place: Place) => string | null;

const wholeLine: KeyOf = ({ section, text }) => `${section}\n${text}`;

const settingInSection: KeyOf = ({ section, setting }) =>
  setting === null ? null : `${section}\n${setting.field}`;

/** A peer whose public key was changed is still the same one if it kept its position, and neither key is on the other side. */
function settingOfSamePeer(stored: readonly Place[], wanted: readonly Place[]): KeyOf {
  const before = new Set(stored.map(({ section }) => section));
  const after = new Set(wanted.map(({ section }) => section));
  return ({ section, peer, setting }) =>
    setting === null || peer < 0 || (before.has(section) && after.has(section))
      ? null
      : `${peer}\n${setting.field}`;
}

function placesIn(file: ConfFile): Place[] {
  const places: Place[] = [];
  let peers = 0;
  for (const section of sectionsOf(file)) {
    const peer = section.kind === 'peer' ? peers++ : -1;
    let name: string | null = null;
    for (let line = section.firstLine; line < section.endLine; line += 1) {
      const text = textOfLine(file, line);
      if (!text.includes(hiddenKey)) continue;
      name ??= nameOfSection(file, section);
      places.push({ line, text, section: name, peer, setting: placeholderSetting(file, line) });
    }
  }
  return places;
}

function nameOfSection(file: ConfFile, section: Section): string {
  if (section.kind === 'peer')
    return `peer ${keyIn(file, section, 'PublicKey') ?? `without key ${section.index}`}`;
  return section.kind === 'interface' ? 'interface' : `${section.kind} ${section.index}`;
}

function placeholderSetting(file: ConfFile, line: number): Place['setting'] {
  const { field, valueStart, valueEnd } = settingOfLine(file, line);
  if (field !== 'PrivateKey' && field !== 'PresharedKey') return null;
  if (squeezedUpTo(file, settingOfLine(file, line), hiddenKey.length) !== hiddenKey) return null;
  const start = startOfLine(file, line);
  return { field, start: valueStart - start, end: valueEnd - start };
}

/** Pairs in order where there are as many on both sides; otherwise only where all sources are the same line anyway. */
function* pairs(
  places: readonly Place[],
  sources: readonly Place[],
  originals: readonly string[],
): Generator<[Place, Place]> {
  const [first] = sources;
  if (first === undefined) return;
  const same = sources.every(({ line }) => originals[line] === originals[first.line]);
  if (places.length !== sources.length && !same) return;
  for (const [index, place] of places.entries()) yield [place, sources[index] ?? first];
}

function withValue(line: string, place: Place, original: string): string {
  const [secret] = namedSecrets(original);
  if (place.setting === null || secret === undefined) return line;
  return (
    line.slice(0, place.setting.start) +
    original.slice(secret.start, secret.end) +
    line.slice(place.setting.end)
  );
}

function groupBy(places: readonly Place[], keyOf: KeyOf): Map<string, Place[]> {
  const groups = new Map<string, Place[]>();
  for (const place of places) {
    const key = keyOf(place);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  return groups;
}
