const steps = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** A span of milliseconds in at most two units: `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. Below zero is zero. */
export function formatDuration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const first = steps.findIndex((step) => total >= step.seconds);
  const large = steps[first];
  if (large === undefined) return '0 s';
  const small = steps[first + 1];
  const count = Math.floor(total / large.seconds);
  const rest = small === undefined ? 0 : Math.floor((total % large.seconds) / small.seconds);
  const head = `${count} ${large.name}`;
  return small === undefined || rest === 0 ? head : `${head} ${rest} ${small.name}`;
}

/**
 * How long ago something was: `just now`, `12 s ago`. A moment that lies ahead, because two clocks differ or one was
 * set, is `just now`.
 */
export function formatAgo(milliseconds: number): string {
  return milliseconds < 1000 ? 'just now' : `${formatDuration(milliseconds)} ago`;
}
