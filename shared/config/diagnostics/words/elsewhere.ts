import { entry } from '../entry.ts';
import type { Words } from '../entry.ts';

/** What other programs, and other versions of these, make of a file that `wg` and wg-quick of 2021 take. */
export const elsewhereEntries = {
  'windows-differs': entry(
    'adit',
    'info',
    'WireGuard for Windows refuses a line, leaves it out or reads it differently.',
    (difference: string): Words => ({
      message: difference,
      hint: 'For a machine with Windows: adit export NAME --as windows writes what it takes, and tells what it leaves out.',
    }),
  ),
  'apple-differs': entry(
    'adit',
    'info',
    'WireGuard’s app for macOS and iOS refuses a line or reads it differently.',
    (difference: string): Words => ({
      message: difference,
      hint: 'For a Mac, an iPhone or an iPad: adit export NAME --as apple writes what it takes, and tells what it leaves out.',
    }),
  ),
  'newer-tools-differ': entry(
    'adit',
    'info',
    'wg and wg-quick since 2025 read a line differently.',
    (difference: string): Words => ({
      message: difference,
      hint: 'See which one is there with wg --version; the line means the same to both if it does without this.',
    }),
  ),
};
