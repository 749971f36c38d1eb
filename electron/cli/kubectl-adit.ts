/** What `kubectl adit X` starts: `adit cluster X`. */
import './as-cluster.ts';
import './bin.ts';
