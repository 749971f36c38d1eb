import { spawn } from 'node:child_process';
import type { ProbeOutcome } from '../../../shared/diagnosis/probe.ts';

/** How a host is pinged. */
export interface PingOptions {
  /** Milliseconds to wait for an answer to the last packet. */
  readonly wait: number;
  /** How many packets, a fifth of a second apart; the first answer ends it. */
  readonly count: number;
  /** After how many hops they are to end; null lets them go as far as they may. */
  readonly hops?: number | null;
  /** Of the whole packet with its IP header, not to be cut up by anybody; null is a small one. */
  readonly bytes?: number | null;
  /** The interface to leave by, whatever the routes say; null leaves it to them. */
  readonly by?: string | null;
}

/** What a ping said. */
export interface PingAnswer {
  readonly outcome: ProbeOutcome;
  /** The address that said so; null for this machine, and where nobody did. */
  readonly by: string | null;
  readonly milliseconds: number | null;
  readonly detail: string | null;
}

/** IP header and ICMP header, which ping does not count among its bytes. */
const headers = { 4: 28, 6: 48 } as const;

/**
 * Pings an address by the system's own program, which may do so without root, and stops at the first word about it. Never rejects.
 */
export function ping(address: string, options: PingOptions): Promise<PingAnswer> {
  return new Promise((resolve) => {
    const child = spawn('ping', pingArguments(address, options), {
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const begin = Date.now();
    let text = '';
    const settle = (answer: PingAnswer): void => {
      clearTimeout(deadline);
      child.kill('SIGKILL');
      resolve(answer);
    };
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const answer = answerIn(text, Date.now() - begin);
      if (answer !== null) settle(answer);
    };
    const deadline = setTimeout(() => settle(silence), options.wait + options.count * 200 + 1_000);
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', () =>
      settle(impossible('the program "ping" is not installed (Debian: iputils-ping).')),
    );
    child.on('close', () =>
      settle(answerIn(`${text}\n`, Date.now() - begin) ?? complaintIn(text) ?? silence),
    );
  });
}

function pingArguments(
  address: string,
  { wait, count, hops = null, bytes = null, by = null }: PingOptions,
): string[] {
  const payload = (bytes ?? 0) - headers[address.includes(':') ? 6 : 4];
  return [
    ...['-n', '-c', String(count), '-i', '0.2', '-W', String(wait / 1000)],
    ...(hops === null ? [] : ['-t', String(hops)]),
    ...(bytes === null ? [] : ['-M', 'do', '-s', String(payload)]),
    ...(by === null ? [] : ['-I', by]),
    address,
  ];
}

const silence: PingAnswer = { outcome: 'silent', by: null, milliseconds: null, detail: null };

function impossible(detail: string): PingAnswer {
  return { outcome: 'impossible', by: null, milliseconds: null, detail };
}

/** What ping prints behind the address of somebody who says why a packet does not arrive. @see iputils ping/ping.c pr_icmph, ping6_common.c */
const reports: readonly (readonly [RegExp, ProbeOutcome])[] = [
  [/Time to live exceeded|Time exceeded: Hop limit/, 'expired'],
  [/Frag(?:mentation)? needed|Packet too big/, 'too-large'],
  [/filtered|rohibited|Port Unreachable|Port unreachable/, 'forbidden'],
  [/Host Unreachable|Address unreachable|Unknown Host/, 'no-host'],
  [/Net(?:work)? [Uu]nreachable|No route|Unknown Net/, 'no-route'],
];

/** What this machine says of a packet that it does not even send. */
const refusals: readonly (readonly [RegExp, ProbeOutcome])[] = [
  [/[Mm]essage too long/, 'too-large'],
  [/Network is unreachable|No route to host/, 'no-route'],
  // What the kernel's WireGuard says where no peer has the address, and where a peer has no endpoint.
  [/Required key not available|Destination address required/, 'no-host'],
  [/sendmsg: Operation not permitted/, 'forbidden'],
];

/** The first whole line that tells something; null where none does yet. */
function answerIn(text: string, elapsed: number): PingAnswer | null {
  for (const line of text.split('\n').slice(0, -1)) {
    const reply = /^\d+ bytes from ([0-9a-fA-F.:]+?)(?:%\S+)?: icmp_seq=.* time=([\d.]+) ms/.exec(line);
    if (reply !== null)
      return {
        outcome: 'answered',
        by: reply[1] ?? null,
        milliseconds: Math.round(Number(reply[2])),
        detail: null,
      };
    const report = /^From ([0-9a-fA-F.:]+?)(?:%\S+)?:? icmp_seq=\d+ (.*)$/.exec(line);
    const outcome = meaningIn(report?.[2] ?? '', reports);
    if (report !== null && outcome !== null)
      return { outcome, by: report[1] ?? null, milliseconds: elapsed, detail: report[2] ?? null };
    const refusal = /^ping: (.*)$/.exec(line)?.[1];
    const refused = meaningIn(refusal ?? '', refusals);
    if (refused !== null) return { outcome: refused, by: null, milliseconds: null, detail: refusal ?? null };
  }
  return null;
}

/** What ping says of itself, where it could do nothing. */
function complaintIn(text: string): PingAnswer | null {
  const complaint = text.split('\n').find((line) => /^(?:\/\S+)?ping: /.test(line));
  return complaint === undefined ? null : impossible(`${complaint.replace(/^\S*ping: /, 'ping says: ')}.`);
}

function meaningIn(
  words: string,
  meanings: readonly (readonly [RegExp, ProbeOutcome])[],
): ProbeOutcome | null {
  return meanings.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
