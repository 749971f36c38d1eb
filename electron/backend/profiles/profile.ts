import { decode, diagnose, hideKeys, parse, summarise, toTunnel } from '../../../shared/config/index.ts';
import type { ConfFile, Diagnostic, Encoding } from '../../../shared/config/index.ts';
import type { ProfileSummary } from '../../../shared/contract/ui/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import { defaultSettings, settingsToText, withSettings } from '../../../shared/tunnel/settings.ts';
import type { ProfileSettings } from '../../../shared/tunnel/settings.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { interfaceNameOf } from './name.ts';

/** A configuration that is kept under a name. Its text is the user's own, to the byte. */
export class Profile {
  readonly name: string;
  readonly text: string;
  readonly file: ConfFile;
  readonly encoding: Encoding;
  readonly #settings: ProfileSettings | FaultError;

  /**
   * @param bytes of the file, in whatever encoding
   * @param settings decided beside the file, or why they cannot be read: that must not hide the profile
   */
  constructor(name: string, bytes: Uint8Array, settings: ProfileSettings | FaultError = defaultSettings) {
    const { text, encoding } = decode(bytes);
    this.name = name;
    this.text = text;
    this.encoding = encoding;
    this.file = parse(text);
    this.#settings = settings;
  }

  /** What was decided beside the file. @throws FaultError `settings-unreadable` */
  get settings(): ProfileSettings {
    if (this.#settings instanceof FaultError) throw this.#settings;
    return this.#settings;
  }

  /** The network interface it takes when it is up. */
  get interface(): string {
    return interfaceNameOf(this.name);
  }

  /** The text with the placeholder in place of every secret key. */
  get textWithoutKeys(): string {
    return hideKeys(this.text);
  }

  /** Everything there is to say about it. */
  diagnose(): Diagnostic[] {
    return diagnose(this.file, { encoding: this.encoding, interface: this.interface });
  }

  /** What a list shows of it. */
  summary(): ProfileSummary {
    const summary = summarise(this.file, { encoding: this.encoding, interface: this.interface });
    const isBroken = this.#settings instanceof FaultError;
    const settings = settingsToText(this.#settings instanceof FaultError ? defaultSettings : this.#settings);
    const errors = summary.errors + (isBroken ? 1 : 0);
    return { name: this.name, interface: this.interface, ...summary, errors, settings };
  }

  /**
   * The tunnel that it describes.
   *
   * @throws FaultError with the code of the first diagnostic that is an error
   */
  tunnel(): Tunnel {
    const result = toTunnel(this.file, { name: this.name, interface: this.interface });
    if ('tunnel' in result) return withSettings(result.tunnel, this.settings);
    throw new FaultError(faultOfDiagnostics(this.name, result.problems));
  }
}

/** The first of some problems of a file as a fault, with the number of the others. */
export function faultOfDiagnostics(fileName: string, problems: readonly Diagnostic[]): FaultError['fault'] {
  const [first] = problems;
  if (first === undefined) throw new RangeError('no problem to tell of');
  const others = problems.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more: see "adit check")`;
  return {
    code: first.code,
    message: `${fileName}, line ${first.line}, column ${first.column}: ${first.message}${more}`,
    hint: first.hint,
  };
}
