import { confFor, stripConf } from '../../../shared/config/index.ts';
import type { ConfForDialect, Dropped, ForeignDialect } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { faultOfDiagnostics } from '../profiles/profile.ts';
import type { Profile } from '../profiles/profile.ts';

/** A profile as another program takes it. */
export interface Exported {
  readonly name: string;
  /** Holds its keys. */
  readonly text: string;
  /** What the other program does not know and was left out. */
  readonly dropped: readonly Dropped[];
}

/** A profile as `wg setconf` takes it: what `wg-quick strip` prints. */
export function forWg({ name, file }: Profile): Exported {
  return { name, text: stripConf(file), dropped: [] };
}

/**
 * A profile as WireGuard's app of another platform takes it.
 *
 * @throws FaultError with the code of the first error of the profile: the app would refuse it too
 */
export function forDialect(profile: Profile, dialect: ForeignDialect): Exported {
  const problems = profile.diagnose().filter(({ severity, code }) => {
    // Apps take other names than a Linux interface has, and it is not part of the text.
    return severity === 'error' && code !== 'interface-name-invalid' && code !== 'interface-name-reserved';
  });
  if (problems.length > 0) throw new FaultError(faultOfDiagnostics(profile.name, problems));
  const { text, dropped }: ConfForDialect = confFor(profile.file, dialect);
  return { name: profile.name, text, dropped };
}

/**
 * A profile as a telephone's app takes it from a QR code: the strictest app's form.
 *
 * @throws FaultError as {@link forDialect}
 */
export function forTelephone(profile: Profile): Exported {
  return forDialect(profile, 'apple');
}
