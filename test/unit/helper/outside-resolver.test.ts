import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OutsideResolver } from '../../../electron/helper/endpoints/resolver.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { childrenOf } from '../../lab/namespaces.ts';
import { describeWith } from '../machine.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'dist', 'resolver.cjs');
const folder = mkdtempSync(join(tmpdir(), 'adit-resolver-'));
const logged: string[] = [];

function resolverOf(bundle: string, ...servers: string[]): OutsideResolver {
  const log = (event: string): void => void logged.push(event);
  return new OutsideResolver(bundle, new Programs(true), () => Promise.resolve(servers), log);
}

/** A program in the place of the resolver's, which may do anything. */
function impostor(name: string, script: string): OutsideResolver {
  const path = join(folder, `${name}.cjs`);
  writeFileSync(path, `const questions = new (require('net').Socket)({ fd: 3, readable: true });\n${script}`);
  return resolverOf(path, '203.0.113.9');
}

/** The resolvers that this process has started. */
function children(): number[] {
  return childrenOf(process.pid).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--max-old-space-size=64'),
  );
}

describeWith(['root'], 'the resolver outside the tunnels', () => {
  beforeAll(() => {
    logged.length = 0;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('knows what /etc/hosts says without a child', async () => {
    const resolver = resolverOf(join(folder, 'none.cjs'));
    const outcome = await resolver.lookUp('localhost');
    expect(outcome).toMatchObject({
      kind: 'found',
      addresses: expect.arrayContaining(['127.0.0.1']) as string[],
    });
    expect(children()).toEqual([]);
  });

  it('asks as a user of no rights and no groups, who can gain none', async () => {
    const script = `questions.on('data', (line) =>
      process.stdout.write(JSON.stringify({ id: JSON.parse(line).id, kind: 'found', addresses: ['203.0.113.2'] }) + '\\n'));`;
    const resolver = impostor('status', script);
    expect((await resolver.lookUp('relay.example')).kind).toBe('found');
    const [child = 0] = children();
    const status = readFileSync(`/proc/${child}/status`, 'utf8');
    const fact = (name: string): string =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]?.trim().replaceAll('\t', ' ') ?? '?';
    expect(['Uid', 'Gid', 'Groups', 'CapEff', 'CapPrm', 'CapBnd', 'CapAmb', 'NoNewPrivs'].map(fact)).toEqual([
      '60853 60853 60853 60853',
      '60853 60853 60853 60853',
      '',
      ...Array<string>(4).fill('0'.repeat(16)),
      '1',
    ]);
    resolver.stop();
    await expect.poll(children).toEqual([]);
  });

  it('takes the first server that has an address, whatever the others say or do not', async () => {
    const server = createSocket('udp4');
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    server.on('message', (query, { port, address }) => {
      const reply = Buffer.from(query);
      // A response, and there is no such name.
      reply.writeUInt16BE(0x8183, 2);
      server.send(reply, port, address);
    });
    const resolver = resolverOf(program, `127.0.0.1:${server.address().port}`);
    const began = performance.now();
    expect(await resolver.lookUp('nowhere.example')).toEqual({ kind: 'none', reason: 'no-name' });
    expect(performance.now() - began).toBeLessThan(6_000);
    resolver.stop();
    server.close();
  });

  it('gives up a name that nobody answers for within its time, and shares the answer', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const resolver = resolverOf(program, `127.0.0.1:${silent.address().port}`);
    const began = performance.now();
    const outcomes = await Promise.all([resolver.lookUp('slow.example'), resolver.lookUp('slow.example')]);
    expect(outcomes).toEqual(Array(2).fill({ kind: 'none', reason: 'no-answer' }));
    expect(performance.now() - began).toBeLessThan(7_500);
    resolver.stop();
    silent.close();
  });

  it('believes no answer that is none', async () => {
    const answers = [
      { kind: 'found', addresses: ['; rm -rf /', 7, 'fe80::1%eth0', '203.0.113.2'] },
      { kind: 'found', addresses: [] },
      { kind: 'found', addresses: 'all' },
      { kind: 'none', reason: '__proto__' },
    ];
    const script = `const answers = ${JSON.stringify(answers)};
      questions.on('data', (lines) => String(lines).trim().split('\\n').forEach((line) =>
        process.stdout.write(JSON.stringify({ id: JSON.parse(line).id, ...answers.shift() }) + '\\n')));`;
    const resolver = impostor('liar', script);
    const outcomes = [];
    for (const name of ['one.example', 'two.example', 'three.example', 'four.example'])
      outcomes.push(await resolver.lookUp(name));
    const none = { kind: 'none', reason: 'no-answer' };
    expect(outcomes).toEqual([{ kind: 'found', addresses: ['203.0.113.2'] }, none, none, none]);
    resolver.stop();
  });

  it.each([
    ['prints no line of JSON', "process.stdout.write('nonsense\\n')"],
    ['prints without an end', "process.stdout.write('x'.repeat(100000))"],
    ['ends', 'process.exit(1)'],
  ])('goes on where its child %s: the system is asked', async (what, act) => {
    const resolver = impostor(what.replaceAll(' ', '-'), `questions.on('data', () => { ${act} });`);
    logged.length = 0;
    const outcome = await resolver.lookUp('no such name');
    expect(outcome.kind).toBe('none');
    expect(logged).toContain('resolver-failed');
    resolver.stop();
  });
});
