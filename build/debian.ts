import { spawnSync } from 'node:child_process';

/** Whether this machine has Debian's package tools. */
export function isDebian(): boolean {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Which of some Debian packages are not installed; all of them where there is no dpkg. */
export function missingPackages(names: readonly string[]): string[] {
  const { stdout } = spawnSync(
    'dpkg-query',
    ['--show', '--showformat=${db:Status-Abbrev} ${Package}\n', ...names],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.split(' ').at(-1)),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs Debian packages, without what they only recommend. Needs root.
 *
 * @returns whether they are all there now
 */
export function installPackages(names: readonly string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...words: string[]): boolean =>
    spawnSync('apt-get', ['--quiet', '--yes', ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: environment,
    }).status === 0;
  const install = (): boolean => apt('install', '--no-install-recommends', ...names);
  // The lists of a machine that has just been set up may be missing or old.
  return install() || (apt('update') && install());
}
