import { FaultError } from '../../../shared/fault.ts';

/**
 * Refuses a system on which the helper could make no tunnel: all it changes, it changes with Linux's own tools.
 *
 * @throws FaultError `platform-unsupported`
 */
export function refuseUnknownSystem(platform: NodeJS.Platform): void {
  if (platform === 'linux') return;
  const name = names[platform] ?? platform;
  throw new FaultError({
    code: 'platform-unsupported',
    message: `The helper cannot make tunnels on ${name} yet: it has no engine for it.`,
    hint: 'Run Adit on Linux, or use WireGuard’s own application here; its .conf files are the same.',
  });
}

const names: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'macOS',
  win32: 'Windows',
  freebsd: 'FreeBSD',
};
