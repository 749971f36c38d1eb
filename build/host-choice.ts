/** What decides where the interface is shown. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** The number of the user; null where users have none. */
  readonly uid: number | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Why no window can be opened here, whatever is installed; null where one can. */
export function whyNoWindow({ platform, uid, environment }: HostFacts): string | null {
  if (platform !== 'linux') return null;
  if (uid === 0) return 'Electron does not run as root';
  const hasDisplay = ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => (environment[name] ?? '') !== '');
  return hasDisplay ? null : 'there is no display';
}
