import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import type { ElectronRuntime } from './electron-runtime.ts';

/**
 * What is fixed in the program for good when it is packaged. It starts as the helper and the command line by
 * ELECTRON_RUN_AS_NODE; every other way of having it run what is not its own is shut.
 */
const fuses = {
  runAsNode: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
  enableCookieEncryption: false,
} as const;

/** What is decided anew for each packaging. */
export interface PackageOptions {
  /** The folder that is filled. */
  readonly output: string;
  /** The Electron to package; that of the `electron` in package.json, fetched, where it is null. */
  readonly runtime: ElectronRuntime | null;
  /** Whether the fuses are set. Electrons before 45 lack some, and with them set no test could drive the program. */
  readonly fuses: boolean;
}

/**
 * How electron-builder makes the application: `dist/` and nothing else, with what has to be a file of its own beside the
 * archive. What runs as root is checked by its path and its folders, and the command line serves to any Node, neither of which
 * an archive can.
 */
export function packageConfiguration(options: PackageOptions): Configuration {
  const { output, runtime } = options;
  return {
    appId: 'app.adit.desktop',
    productName: 'Adit',
    copyright: 'The Adit developers. MIT.',
    directories: { output, buildResources: 'assets' },
    files: ['dist/**'],
    asar: true,
    asarUnpack: [
      'dist/bin.cjs',
      'dist/cli.cjs',
      'dist/cli-*.cjs',
      'dist/helper.cjs',
      'dist/forwarder.cjs',
      'dist/resolver.cjs',
      'dist/engine/**',
      'dist/renderer/**',
    ],
    // Everything is bundled. Left to itself the packager takes optional dependencies in, the Node of the scripts among them.
    beforeBuild: () => Promise.resolve(false),
    // Electron's own app, which starts any other: it goes from a fetched Electron, but not from one in a folder.
    afterPack: ({ appOutDir }) => rm(join(appOutDir, 'resources', 'default_app.asar'), { force: true }),
    extraMetadata: { desktopName: 'adit-desktop.desktop', author: 'The Adit developers' },
    ...(runtime === null ? {} : { electronDist: runtime.folder, electronVersion: runtime.version }),
    ...(options.fuses ? { electronFuses: fuses } : {}),
    publish: null,
    linux: {
      // Packages link it into the path; "adit" there is the command line's name.
      executableName: 'adit-desktop',
      syncDesktopName: true,
      icon: 'icons',
      category: 'Network',
      synopsis: 'WireGuard client for Kubernetes networks, office LANs and the internet',
      maintainer: 'The Adit developers <adit@localhost>',
      target: ['AppImage', 'deb'],
      desktop: {
        entry: {
          Name: 'Adit',
          GenericName: 'WireGuard client',
          Keywords: 'VPN;WireGuard;tunnel;Kubernetes;',
        },
      },
    },
    deb: { priority: 'optional', packageCategory: 'net', depends: debianDependencies },
  };
}

/** What the program and its helper need of Debian, beside what Electron's own libraries bring. */
const debianDependencies = [
  'libgtk-3-0',
  'libnotify4',
  'libnss3',
  'libxss1',
  'libxtst6',
  'xdg-utils',
  'libatspi2.0-0',
  'libuuid1',
  'iproute2',
  'nftables',
  'wireguard-tools',
];
