import { desktopPackages } from './desktop/requirements.ts';
import { dnsmasqPackages } from './lab/dnsmasq.ts';
import { polkitPackages } from './lab/product/polkit.ts';
import { labPackages } from './lab/requirements.ts';

/** The Debian packages that a machine needs for all tests to run. */
export const neededPackages: readonly string[] = [
  ...new Set([
    ...labPackages,
    ...polkitPackages,
    ...dnsmasqPackages,
    ...desktopPackages,
    'chromium',
    'fonts-noto-cjk',
    'unzip',
    'zip',
  ]),
];

/** What `npm run bench throughput` needs beside them; it is installed when that is run. */
export const benchPackages: readonly string[] = ['iperf3'];
