/** Prints how many milliseconds the first file takes that this process parses and diagnoses. */
import { diagnose, parse } from '../../../shared/config/index.ts';
import { manyPeers } from '../many-peers.ts';

const text = manyPeers(10_000);
const began = performance.now();
diagnose(parse(text));
console.log(performance.now() - began);
