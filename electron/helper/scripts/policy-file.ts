import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { untrustedAncestor } from '../system/trust.ts';
import { parsePolicy } from './policy.ts';
import type { Policy } from './policy.ts';

/** Where root says what is allowed on this machine. No message, option or variable names another place. */
export const policyPath = '/etc/adit/policy.json';

/** In bytes. */
const sizeLimit = 64 * 1024;

/** What the policy file says. Anything but `read` allows nothing. */
export type PolicyReading =
  | { readonly kind: 'missing' }
  | { readonly kind: 'read'; readonly policy: Policy }
  /** Somebody but root could have written it. The reason is a sentence without its end. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * Reads the policy file as it is now. It counts only where it is a plain file of root's, by no symbolic link, that nobody else can write,
 * nor replace from a folder above it.
 */
export function readPolicyFile(path: string = policyPath): PolicyReading {
  if (isMissing(path)) return { kind: 'missing' };
  try {
    const culprit = untrustedAncestor(path);
    if (culprit !== null) return { kind: 'untrusted', reason: `${culprit.path} ${culprit.reason}` };
    return { kind: 'read', policy: parsePolicy(readPlainFile(path)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'invalid', reason: `${path} is no policy: ${reason}` };
  }
}

function isMissing(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** The text of a file that only root can write: what is checked here is against root's own mistakes. */
function readPlainFile(path: string): string {
  // To open a FIFO would wait for who writes into it.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw new Error('it is not a plain file');
    if (facts.size > sizeLimit) throw new Error(`it is larger than ${sizeLimit} bytes`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } finally {
    closeSync(file);
  }
}
