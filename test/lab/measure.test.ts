import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply, httpGet } from './measure.ts';
import { endOfLastGap, longestGap, PingStream } from './ping-stream.ts';
import { openTwoHosts } from './scenarios/two-hosts.ts';
import { BUSY, describeInLab } from './testing.ts';

describe('replies at 50 ms', () => {
  const replies = [0, 50, 100, 600, 650, 700].map((at) => ({ at, sent: at - 1 }));

  test('the longest gap is between two of them or at an end', () => {
    expect(longestGap(replies, 0, 710)).toBe(500);
    expect(longestGap(replies, 600, 710)).toBe(50);
    expect(longestGap(replies, 600, 900)).toBe(200);
    expect(longestGap([], 0, 40)).toBe(40);
  });

  test('traffic is back where the last gap ends', () => {
    expect(endOfLastGap(replies, 0, 710, 200)).toBe(600);
    expect(endOfLastGap(replies, 590, 710, 200)).toBe(590);
    expect(endOfLastGap(replies, 0, 1000, 200)).toBeNull();
  });

  test('an answer to what was asked before the change does not count', () => {
    expect(endOfLastGap([{ at: 120, sent: 90 }], 100, 250, 100)).toBeNull();
  });
});

describeInLab('measuring', () => {
  test('finds how long a cable was out', async () => {
    await using stage = await openTwoHosts();
    const { client, b } = stage;
    await using stream = new PingStream(client, '172.17.3.1', { intervalMs: 20 });
    await expect.poll(() => stream.replies.length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(5);
    expect(stream.longestGapMs(performance.now() - 50)).toBeLessThan(200);

    const out = performance.now();
    await b.ip('link set dev eth0 down');
    await sleep(400);
    await b.ip('link set dev eth0 up');
    const back = performance.now() - out;
    const outage = await stream.outageSince(out);
    expect(outage.backAfterMs).toBeGreaterThan(390);
    expect(outage.backAfterMs).toBeLessThan(back + BUSY * 1000);
    expect(outage.longestGapMs).toBeGreaterThan(350);
  });

  test('pings on through a time without any route', async () => {
    await using stage = await openTwoHosts();
    const { client } = stage;
    await using stream = new PingStream(client, '198.51.100.1', { intervalMs: 20 });
    await expect.poll(() => stream.complaint, { timeout: 20_000 }).toContain('Network is unreachable');
    await expect(stream.outageSince(performance.now(), { deadlineMs: 100 })).rejects.toThrow(/unreachable/);
    await client.ip('address add 198.51.100.1/32 dev lo');
    expect((await stream.outageSince(performance.now())).backAfterMs).toBeLessThan(BUSY * 1000);
  });

  test('is bounded where nothing answers', async () => {
    await using stage = await openTwoHosts();
    const { client } = stage;
    await client.ip('route add 198.51.100.0/24 via 172.17.3.9');
    await expect(firstReply(client, '198.51.100.1', { deadlineMs: 300 })).rejects.toThrow(/within 300 ms/);
    expect(await answers(client, '198.51.100.1')).toBe(false);
    await expect(httpGet(client, 'http://198.51.100.1/', 300)).rejects.toThrow(/within 300 ms/);
  });

  test('gets a page and the address the server saw', async () => {
    await using stage = await openTwoHosts();
    const { client } = stage;
    expect(await httpGet(client, 'http://172.17.3.1/')).toEqual({
      status: 200,
      body: '{"caller":"172.17.3.2","host":"b"}\n',
    });
    expect(await callerSeenBy(client, 'http://172.17.3.1/')).toBe('172.17.3.2');
    expect(await firstReply(client, '172.17.3.1')).toBeLessThan(BUSY * 1000);
  });
});
