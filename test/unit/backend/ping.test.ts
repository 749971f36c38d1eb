import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ping } from '../../../electron/backend/diagnosis/ping.ts';
import { temporaryFolder } from '../machine.ts';

const path = process.env['PATH'];

afterEach(() => {
  process.env['PATH'] = path;
});

/** Pings by a program that prints what iputils printed in some case, recorded in the lab and on the machine. */
async function pingThatSays(words: string, where: 'stdout' | 'stderr' = 'stdout') {
  const folder = temporaryFolder();
  const program = join(folder, 'ping');
  writeFileSync(program, `#!/bin/sh\ncat <<'END' ${where === 'stderr' ? '>&2' : ''}\n${words}\nEND\n`);
  chmodSync(program, 0o755);
  process.env['PATH'] = `${folder}:/usr/bin:/bin`;
  return ping('192.0.2.1', { wait: 200, count: 1 });
}

describe('what ping says', () => {
  it.each([
    ['64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=12.4 ms', 'answered', '10.0.0.1'],
    ['64 bytes from fe80::1%eth0: icmp_seq=1 ttl=64 time=0.4 ms', 'answered', 'fe80::1'],
    ['From 10.200.200.2 icmp_seq=1 Time to live exceeded', 'expired', '10.200.200.2'],
    ['From fd00::1 icmp_seq=1 Time exceeded: Hop limit', 'expired', 'fd00::1'],
    ['From 10.0.0.1 icmp_seq=1 Destination Net Unreachable', 'no-route', '10.0.0.1'],
    ['From fd00::1 icmp_seq=1 Destination unreachable: No route', 'no-route', 'fd00::1'],
    ['From 10.0.0.1 icmp_seq=1 Destination Host Unreachable', 'no-host', '10.0.0.1'],
    ['From 10.0.0.1 icmp_seq=1 Packet filtered', 'forbidden', '10.0.0.1'],
    ['From 10.0.0.1 icmp_seq=1 Destination Port Unreachable', 'forbidden', '10.0.0.1'],
    ['From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)', 'too-large', '10.0.0.1'],
  ])('%s', async (line, outcome, by) => {
    expect(await pingThatSays(`PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n${line}`)).toMatchObject({
      outcome,
      by,
    });
  });

  it.each([
    ['ping: local error: message too long, mtu=1420', 'too-large'],
    ['ping: connect: Network is unreachable', 'no-route'],
    ['ping: sendmsg: Required key not available', 'no-host'],
    ['ping: sendmsg: Operation not permitted', 'forbidden'],
    ['ping: socktype: SOCK_RAW\nping: socket: Operation not permitted', 'impossible'],
    ['ping: invalid option', 'impossible'],
  ])('of itself: %s', async (line, outcome) => {
    expect(await pingThatSays(line, 'stderr')).toMatchObject({ outcome, by: null });
  });

  it('nothing, and that it is not there', async () => {
    const summary =
      '--- 192.0.2.1 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 0ms';
    expect(await pingThatSays(summary)).toMatchObject({ outcome: 'silent' });
    process.env['PATH'] = temporaryFolder();
    expect(await ping('192.0.2.1', { wait: 200, count: 1 })).toMatchObject({
      outcome: 'impossible',
      detail: expect.stringContaining('not installed') as string,
    });
  });

  it('of this machine is the truth', async () => {
    expect(await ping('127.0.0.1', { wait: 1000, count: 1 })).toMatchObject({
      outcome: 'answered',
      by: '127.0.0.1',
    });
  });
});
