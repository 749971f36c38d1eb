import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { NameEnvironment } from '../../../shared/names/backend.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { ProgramName, Programs } from '../system/programs.ts';
import { run } from '../system/run.ts';
import { readText } from '../system/settings-text.ts';

/** Milliseconds that a service may take to answer before it counts as not there. */
const patience = 3_000;

/** What is known of how this host resolves names. Changes nothing, and starts no service. */
export async function readNameEnvironment(programs: Programs): Promise<NameEnvironment> {
  const resolvConf = readText('/etc/resolv.conf');
  const [resolvedAnswers, networkManagerAnswers, resolvconfProgram] = await Promise.all([
    ownsName('org.freedesktop.resolve1', programs),
    ownsName('org.freedesktop.NetworkManager', programs),
    whoseResolvconf(programs),
  ]);
  return {
    resolvConf,
    linkTarget: linkTarget('/etc/resolv.conf'),
    nsswitch: readText('/etc/nsswitch.conf'),
    resolvedAnswers: resolvedAnswers && find('resolvectl', programs) !== null,
    networkManagerAnswers,
    resolvconfProgram,
  };
}

/** Whether somebody has a name on the system bus. */
async function ownsName(name: string, programs: Programs): Promise<boolean> {
  const busctl = find('busctl', programs);
  if (busctl === null) return false;
  const question = ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner'];
  const answer = await run(busctl, ['--system', 'call', ...question, 's', name], { timeout: patience }).catch(
    () => null,
  );
  return answer?.stdout.trim() === 'b true';
}

/** openresolv tells its version, Debian's knows no such option, and systemd's is a link. */
async function whoseResolvconf(programs: Programs): Promise<NameEnvironment['resolvconfProgram']> {
  const path = find('resolvconf', programs);
  if (path === null) return null;
  if (basename(realpathSync(path)) === 'resolvectl') return 'systemd';
  const said = await run(path, ['--version'], { timeout: patience }).catch(() => null);
  return said?.stdout.includes('openresolv') === true ? 'openresolv' : 'debian';
}

/** A program that is not to be trusted counts as one that is not there. */
function find(name: ProgramName, programs: Programs): string | null {
  try {
    return programs.find(name);
  } catch (error) {
    if (error instanceof FaultError) return null;
    throw error;
  }
}

function linkTarget(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
