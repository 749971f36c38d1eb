/** A backend that follows a helper as an interface's does, and prints how many changes it was told of when it is asked. */
import { createInterface } from 'node:readline';
import { HelperLink } from '../../../electron/backend/helper-client/link.ts';

let changes = 0;
const link = new HelperLink(process.argv[2] ?? '', {
  helperChanged: () => undefined,
  tunnelsRead: () => undefined,
  tunnelChanged: () => (changes += 1),
});
await link.start();
process.stdout.write(`${link.state.kind}\n`);
createInterface({ input: process.stdin }).on('line', () => process.stdout.write(`${changes}\n`));
