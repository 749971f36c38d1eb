import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { machine } from './command.ts';
import { childrenOf, namespaceOf, processesIn, signalProcess } from './namespaces.ts';
import { PingStream } from './ping-stream.ts';
import { openFourClouds } from './scenarios/four-clouds.ts';
import { openTwoHosts } from './scenarios/two-hosts.ts';
import { networkSnapshot } from './snapshot.ts';
import { describeInLab } from './testing.ts';
import { raiseByQuick } from './wireguard.ts';

/** All of the machine that a lab could spoil. */
async function machineState(): Promise<readonly string[]> {
  const { stdout } = await machine.run(['ip', 'netns', 'list']);
  return [...(await networkSnapshot(machine)), ...stdout.split('\n').map((line) => `netns ${line}`)];
}

/** Milliseconds within which the kernel has ended every process of a lab. */
const GONE_WITHIN = { timeout: 20_000, interval: 20 };

describeInLab('the machine is as it was', () => {
  test.for(['the parent', 'PID 1'])('after kill -9 of %s, with tunnels up', async (victim) => {
    const before = await machineState();
    await using stage = await openTwoHosts();
    const { lab, client, profile } = stage;
    await raiseByQuick(client, profile.name, profile.text);
    await using stream = new PingStream(client, '10.0.0.2');
    await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(lab.processes().length).toBeGreaterThan(5);

    signalProcess(victim === 'PID 1' ? lab.parent.pid : lab.parentPid, 'SIGKILL');
    await expect.poll(() => lab.processes(), GONE_WITHIN).toEqual([]);
    await lab.ended;
    expect(existsSync(lab.folder)).toBe(false);
    expect(await machineState()).toEqual(before);
  });

  test.for(['SIGKILL', 'SIGINT'] as const)('after %s of the program that runs the lab', async (signal) => {
    const before = await machineState();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), 'four-clouds'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const shown: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      shown.push(line);
      if (line.startsWith('Ctrl-C')) break;
    }
    const pidNamespace = childrenOf(child.pid ?? 0)
      .flatMap(childrenOf)
      .map((pid) => namespaceOf(pid, 'pid'))[0];
    const profile = /^The client's profile: (.*)$/m.exec(shown.join('\n'))?.[1] ?? '';
    const processes = () => processesIn('pid', pidNamespace ?? '');
    // Four kilo0 at least; wg-quick prefers the kernel's WireGuard where there is one.
    expect(processes().filter(({ name }) => name === 'wireguard-go').length).toBeGreaterThanOrEqual(4);
    expect(existsSync(profile)).toBe(true);
    expect(shown.filter((line) => line.includes('nsenter -t'))).toHaveLength(10);

    child.kill(signal);
    expect(await ended).toEqual(signal === 'SIGINT' ? [0, null] : [null, 'SIGKILL']);
    await expect.poll(processes, GONE_WITHIN).toEqual([]);
    await expect.poll(() => existsSync(profile), GONE_WITHIN).toBe(false);
    expect(await machineState()).toEqual(before);
  });

  test('after a lab was closed', async () => {
    const before = await machineState();
    const { lab } = await openFourClouds();
    expect(await machineState()).toEqual(before);
    await lab.close();
    await lab.close();
    expect(lab.processes()).toEqual([]);
    expect(existsSync(lab.folder)).toBe(false);
    expect(await machineState()).toEqual(before);
  });
});
