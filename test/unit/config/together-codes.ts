import type { DiagnosticCode } from '../../../shared/config/index.ts';

/** The codes that take two configurations to show; a folder of test/fixtures/conf/together for each. */
export const togetherCodes: readonly DiagnosticCode[] = [
  'address-in-two-profiles',
  'key-in-two-profiles',
  'preshared-key-differs',
  'peer-unknown-there',
  'endpoint-port-differs',
  'address-not-allowed',
];
