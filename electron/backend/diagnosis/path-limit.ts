import type { PathLimit } from '../../../shared/diagnosis/facts.ts';
import { largestPassing } from '../../../shared/diagnosis/mtu.ts';
import type { Probe, ProbeTarget } from '../../../shared/diagnosis/probe.ts';
import { askByPing } from './ask.ts';

/** What to measure a path with. */
export interface PathQuestion {
  readonly target: ProbeTarget;
  readonly address: string;
  /** The largest size that matters, in bytes. */
  readonly most: number;
  /** The sizes between which it is searched, in bytes. */
  readonly step: number;
  /** The interface to leave by, whatever the routes say; null leaves it to them. */
  readonly by: string | null;
}

/** How many times the time of a small ping a large one may take, and at least how long. Milliseconds. */
const patience = { times: 4, least: 400, most: 1_000 } as const;

/** The largest packet that somebody answers, found by pings that nobody may cut up; null where small ones are not answered either. */
export async function measurePath(question: PathQuestion): Promise<PathLimit | null> {
  const { target, address, most, step, by } = question;
  const small = await askByPing(target, address, { wait: patience.most, count: 3, by });
  if (small.outcome !== 'answered') return null;
  const usual = (small.milliseconds ?? 0) * patience.times;
  const wait = Math.min(patience.most, Math.max(patience.least, usual));
  const probes: Probe[] = [];
  const passes = async (bytes: number): Promise<boolean> => {
    const probe = await askByPing(target, address, { wait, count: 2, bytes, by });
    probes.push(probe);
    return probe.outcome === 'answered';
  };
  const largest = await largestPassing(passes, most, step);
  return { address, tried: most, largest, probes };
}
