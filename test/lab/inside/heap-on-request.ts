/**
 * Loaded into the helper before anything else (node --import): at each SIGUSR2 it collects what nobody holds, and prints
 * `heap NUMBER BYTES`, where NUMBER counts the requests.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
let requests = 0;

process.on('SIGUSR2', () => {
  collect();
  requests += 1;
  process.stdout.write(`heap ${requests} ${process.memoryUsage().heapUsed}\n`);
});
