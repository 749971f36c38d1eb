/** Builds what a real API server takes, before any test: beside them it would take their time. Ends with 1, and says why, where it cannot. */
import { kubePrograms } from './programs.ts';

const programs = await kubePrograms();
if (typeof programs === 'string') {
  console.log(programs);
  process.exitCode = 1;
}
