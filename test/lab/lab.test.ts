import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandFailed, labEnvironment } from './command.ts';
import type { Host } from './host.ts';
import { newKeyPair } from './keys.ts';
import { Lab } from './lab.ts';
import { answers } from './measure.ts';
import { describeInLab } from './testing.ts';

describeInLab('the lab', () => {
  let lab: Lab;
  let a: Host;
  let b: Host;

  beforeAll(async () => {
    lab = await Lab.open('test');
    [a, b] = await lab.hosts('a', 'b');
  });
  afterAll(() => lab.close());

  const out = async (host: Host, ...argv: string[]): Promise<string> => (await host.run(argv)).stdout.trim();

  test('gives each host a name, a network and a /sys of its own', async () => {
    expect(await out(a, 'hostname')).toBe('a');
    expect(hostname()).not.toBe('a');
    expect(await out(a, 'ls', '/sys/class/net')).toBe('lo');
    expect(await out(a, 'ip', '-o', 'link', 'show', 'lo')).toContain('UP');
    const conf = '/proc/sys/net/ipv6/conf';
    expect(await out(a, 'cat', `${conf}/all/accept_dad`, `${conf}/default/accept_dad`)).toBe('0\n0');
  });

  test('keeps the folders of tunnels private to a host', async () => {
    for (const folder of ['/run/wireguard', '/run/adit', '/var/lib/adit', '/etc/wireguard']) {
      await a.run(['touch', `${folder}/mark`]);
      expect(await out(a, 'ls', folder)).toBe('mark');
      expect(await out(b, 'ls', folder)).toBe('');
    }
    expect((await a.run(['stat', '-c', '%a', '/etc/wireguard', '/run/wireguard'])).stdout).toBe('700\n700\n');
  });

  test('lets a host rename onto its resolv.conf, and the machine keeps its own', async () => {
    const before = readFileSync('/etc/resolv.conf', 'utf8');
    await a.shell('echo "nameserver 192.0.2.1" >/etc/new; mv /etc/new /etc/resolv.conf');
    expect(await a.read('/etc/resolv.conf')).toBe('nameserver 192.0.2.1\n');
    expect(await b.read('/etc/resolv.conf')).toBe('# no resolver\n');
    expect(readFileSync('/etc/resolv.conf', 'utf8')).toBe(before);
  });

  test('starts programs in the checkout, with nothing of the caller in their environment', async () => {
    expect(await out(a, 'pwd')).toBe(process.cwd());
    expect((await a.run(['pwd'], { cwd: '/tmp' })).stdout).toBe('/tmp\n');
    expect(await out(a, 'env')).not.toContain('VITEST');
    expect((await a.run(['env'], { env: { ADIT_HOME: '/tmp/x' } })).stdout).toContain('ADIT_HOME=/tmp/x');
  });

  test('reads no bashrc of the person at the machine', async () => {
    // Bash takes a socket at its standard input, which is what Node gives it, for rshd's.
    await a.write('/etc/bash.bashrc', 'echo bashrc was read');
    expect(await out(a, 'bash', '-c', 'echo ran')).toBe('ran');
  });

  test('lets two hosts each have a wg0 and a cable between them', async () => {
    await lab.link(a, 'eth0', b, 'eth1', { mtu: 1400 });
    await Promise.all([
      a.ip('address add 192.0.2.1/24 dev eth0', 'link set dev eth0 up'),
      b.ip('address add 192.0.2.2/24 dev eth1', 'link set dev eth1 up'),
    ]);
    expect(await answers(a, '192.0.2.2')).toBe(true);
    expect(await out(b, 'cat', '/sys/class/net/eth1/mtu')).toBe('1400');
    for (const host of [a, b]) {
      await host.run(['wireguard-go', 'wg0']);
      expect(await out(host, 'wg', 'show', 'interfaces')).toBe('wg0');
      expect(host.processes('wireguard-go')).toHaveLength(1);
    }
  });

  test('joins hosts by a switch, and moves a cable to another', async () => {
    const lan = await lab.switch('lan', [[a, 'lan0']]);
    await lab.plug(lan, [[b, 'lan0']]);
    await Promise.all(
      [a, b].map((host, index) =>
        host.ip(`address add 198.51.100.${index + 1}/24 dev lan0`, 'link set dev lan0 up'),
      ),
    );
    expect(await answers(a, '198.51.100.2')).toBe(true);

    const elsewhere = await lab.switch('elsewhere', []);
    await lab.replug(a, 'lan0', elsewhere);
    expect(await answers(a, '198.51.100.2')).toBe(false);
    await lab.replug(a, 'lan0', lan);
    await expect.poll(() => answers(a, '198.51.100.2'), { timeout: 20_000 }).toBe(true);
    await expect(lab.replug(a, 'none', lan)).rejects.toThrow(/none of a is in no switch/);
  });

  test('carries a Unix socket in a shared folder between a host and the machine', async () => {
    const path = join(lab.folder, 'socket');
    const program = `require('net').createServer((s) => s.end('hello')).listen(process.argv[1], () => console.log('up'))`;
    await using server = a.start([process.execPath, '-e', program, path]);
    await server.line(/^up$/);
    const socket = connect(path).setEncoding('utf8');
    const [said] = (await once(socket, 'data')) as [string];
    expect(said).toBe('hello');
    expect(await out(b, 'ls', lab.folder)).toBe('socket');
  });

  test('throws what a failing command said, unless it may fail', async () => {
    await expect(a.run(['ip', 'link', 'show', 'none'])).rejects.toThrow(/Device "none" does not exist/);
    await expect(a.ip('link set dev none up')).rejects.toThrow(CommandFailed);
    expect(await a.run(['bash', '-c', 'exit 3'], { allowFailure: true })).toMatchObject({ code: 3 });
    expect((await a.run(['cat'], { input: 'text' })).stdout).toBe('text');
  });

  test('ends a command that takes too long', async () => {
    await expect(a.run(['sleep', '1000'], { timeoutMs: 100 })).rejects.toThrow(/did not end within 100 ms/);
    expect(a.processes('sleep')).toEqual([]);
  });

  test('sends signals to the program itself', async () => {
    const program = a.start([
      'bash',
      '-c',
      'trap "echo asked to end; exit 7" TERM; echo up; while :; do sleep 0.05; done',
    ]);
    await program.line(/^up$/);
    expect(readFileSync(`/proc/${String(program.pid)}/comm`, 'utf8')).toBe('bash\n');
    await program.kill('SIGTERM');
    expect(await program.exited).toEqual({ code: 7, signal: null });
    expect(program.lines).toEqual(['up', 'asked to end']);
    expect(program.running).toBe(false);

    const stubborn = a.start(['bash', '-c', 'trap "" TERM; echo up; exec sleep 1000']);
    await stubborn.line(/^up$/);
    expect(await stubborn.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('ends what was spawned through wrap together with its spawner', async () => {
    const [program = '', ...argv] = a.wrap(['bash', '-c', 'echo up; exec sleep 1000']);
    const child = spawn(program, argv, { env: labEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect.poll(() => a.processes('sleep')).toHaveLength(1);
    child.kill('SIGTERM');
    await expect.poll(() => a.processes('sleep')).toEqual([]);
  });

  test('says why a host could not be made', async () => {
    await using broken = await Lab.open('broken');
    await broken.parent.run(['mount', '--bind', '/bin/false', '/bin/mount']);
    await expect(broken.hosts('h')).rejects.toThrow(/failed h/);
  });

  test('refuses to enter a host that is gone', async () => {
    await using other = await Lab.open('other');
    const [host] = await other.hosts('h');
    await other.close();
    expect(host.standing).toBe(false);
    expect(() => host.wrap(['true'])).toThrow(/the host is gone/);
    await expect(host.write('/etc/x', '')).rejects.toThrow(/the host is gone/);
  });
});

describeInLab('a key pair', () => {
  test('is what wg pubkey makes of the private key', async () => {
    await using lab = await Lab.open('keys');
    const { privateKey, publicKey } = newKeyPair();
    const { stdout } = await lab.parent.run(['wg', 'pubkey'], { input: `${privateKey}\n` });
    expect(stdout).toBe(`${publicKey}\n`);
  });
});
