/** Put in place by the bundler (build/bundle.ts). */
declare const ADIT_VERSION: string;

/** The version of this program, as in package.json; `source` where it runs unbundled, in tests. */
export const version: string = typeof ADIT_VERSION === 'string' ? ADIT_VERSION : 'source';
