import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateKeyPair } from '../../shared/config/index.ts';
import { kiloNode, kiloPeer } from '../unit/cluster/clusters.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const nodes = [kiloNode('a', 1), kiloNode('b', 2)];
const peer = kiloPeer('laptop') as Record<string, unknown>;
const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: nodes });
const peerList = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [peer] });
const whole = { network: 'kilo', nodes: [{ name: 'a' }, { name: 'b' }], peers: [{ name: 'laptop' }] };

/** The path of a new file. */
function saved(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'saved');
  writeFileSync(path, content);
  return path;
}

function withoutKind({ metadata, spec }: Record<string, unknown>): unknown {
  return { metadata, spec };
}

/** A text as UTF-16 with its mark. */
function utf16(text: string, isBig: boolean): Buffer {
  const bytes = Buffer.from(`\u{feff}${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
}

describe('files that name a cluster', () => {
  const bare = nodes.map(withoutKind);
  it.each<[string, string | Uint8Array, string | Uint8Array]>([
    ['arrays, as of jq', JSON.stringify(nodes), JSON.stringify([peer])],
    ['lists without a kind', JSON.stringify({ items: bare }), JSON.stringify({ items: [withoutKind(peer)] })],
    [
      'objects without a kind',
      JSON.stringify({ kind: 'List', apiVersion: 'v1', items: bare }),
      JSON.stringify(withoutKind(peer)),
    ],
    ['several documents', nodes.map((node) => JSON.stringify(node, null, 4)).join('\n'), peerList],
    ['UTF-16 of PowerShell', utf16(list, false), peerList],
    ['UTF-16, the other way round', utf16(list, true), peerList],
    ['files that were joined, each with its mark', `\u{feff}${list}\n\u{feff}${peerList}`, peerList],
    ['what gzip has packed', gzipSync(list), gzipSync(peerList)],
  ])('may hold %s', async (_, ofNodes, ofPeers) => {
    const words = ['--nodes', saved(ofNodes), '--peers', saved(ofPeers)];
    expect(await new Adit().json('cluster', 'inspect', ...words)).toMatchObject(whole);
  });

  it('may be lists that are empty, which Go writes as null', async () => {
    const adit = new Adit();
    const empty = saved('{"apiVersion":"v1","kind":"List","items":null}');
    expect(await adit.json('cluster', 'inspect', '--nodes', saved(list), '--peers', empty)).toMatchObject({
      nodes: [{}, {}],
      peers: [],
    });
    expect(await adit.json('cluster', 'peer', 'list', '--peers', empty)).toMatchObject({ peers: [] });
    expect(await adit.json('cluster', 'inspect', '--nodes', empty)).toMatchObject({ nodes: [] });
  });

  it('do not become nodes where they are something else, or nobody has said it', async () => {
    const adit = new Adit();
    const unnamed = saved(JSON.stringify({ items: bare }));
    for (const words of [
      ['--from', unnamed],
      ['--nodes', unnamed, '--peers', unnamed],
      ['--nodes', saved('{"name":"adit","version":"1"}')],
    ])
      expect(await adit.fault(['cluster', 'inspect', ...words])).toMatchObject({
        code: 'cluster-file-foreign',
        hint: expect.stringContaining('--nodes or --peers') as string,
      });
  });

  it('may be pipes, as a shell makes them of other programs', async () => {
    const script = 'exec "$0" "$1" cluster inspect --nodes <(sleep 0.2; cat "$2") --peers <(cat "$3") --json';
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-c', script, process.execPath, aditProgram, saved(list), saved(peerList)],
      { timeout: 30_000 },
    );
    expect(JSON.parse(stdout)).toMatchObject(whole);
  });

  it('are remembered with what they were named as, and read as that again', async () => {
    const adit = new Adit();
    const { privateKey, publicKey } = generateKeyPair();
    const ownPeer = withoutKind(kiloPeer('laptop', { publicKey }) as Record<string, unknown>);
    const paths = [saved(JSON.stringify(bare)), saved(JSON.stringify(ownPeer))] as const;
    const words = ['--nodes', paths[0], '--peers', paths[1], '--peer', 'laptop', '--as', 'work'];
    await adit.json('cluster', 'import', ...words, '--private-key', saved(privateKey));
    const record = JSON.parse(readFileSync(join(adit.home, 'profiles', 'work.kube'), 'utf8')) as unknown;
    expect(record).toMatchObject({
      source: {
        kind: 'files',
        paths: [
          { path: paths[0], kind: 'nodes' },
          { path: paths[1], kind: 'peers' },
        ],
      },
    });
    expect(await adit.json('cluster', 'sync', 'work', '--once')).toMatchObject({ changes: [] });
  });
});

describe('commands that want Peers alone', () => {
  it('take the list of them, and name it where it is not there', async () => {
    const adit = new Adit();
    const peers = saved(peerList);
    expect(await adit.json('cluster', 'peer', 'list', '--peers', peers)).toMatchObject({
      peers: [{ name: 'laptop' }],
    });
    const expose = ['cluster', 'expose', '80', '--as', 'x', '--peer', 'laptop'];
    expect(await adit.json(...expose, '--peers', peers)).toMatchObject({ kind: 'List' });
    for (const words of [['cluster', 'peer', 'list'], expose])
      expect((await adit.fault([...words, '--nodes', saved(list)])).code).toBe('cluster-peers-missing');
    expect((await adit.fault(['cluster', 'graph', '--peers', peers])).code).toBe('cluster-nodes-missing');
  });
});

describe('the form of an answer', () => {
  it('is JSON or YAML for each command on clusters, with the same in both', async () => {
    const adit = new Adit();
    const files = ['--nodes', saved(list), '--peers', saved(peerList)];
    const commands = [
      ['expose', '80', '--as', 'x', '--peer', 'laptop', ...files],
      ['graph', ...files],
      ['overlaps'],
      ['peer', 'list', ...files],
      ['profile', '--peer', 'laptop', ...files],
      ['manifest', '--every-node', '--as', 'second', ...files],
      ['manifest', '--rbac'],
    ];
    for (const words of commands) {
      const json = await adit.run(['cluster', ...words, '-o', 'json']);
      const yaml = await adit.run(['cluster', ...words, '-o', 'yaml']);
      expect([json.code, yaml.code], words.join(' ')).toEqual([0, 0]);
      expect(() => JSON.parse(yaml.stdout) as unknown).toThrow();
      expect(parse(yaml.stdout), words.join(' ')).toEqual(JSON.parse(json.stdout));
    }
  });

  it('of a request holds the Peer, and a wrong one makes no key', async () => {
    const adit = new Adit();
    const words = [
      'cluster',
      'request',
      '--name',
      'mine',
      '--nodes',
      saved(list),
      '--peers',
      saved(peerList),
    ];
    expect((await adit.fault([...words, '-o', 'toml'])).code).toBe('wrong-usage');
    expect(existsSync(join(adit.home, 'clusters', 'keys'))).toBe(false);
    for (const [form, read] of [
      ['json', (text: string) => JSON.parse(text) as unknown],
      ['yaml', (text: string) => parse(text) as unknown],
    ] as const) {
      const { stdout } = await adit.run([...words, '-o', form]);
      expect(read(stdout)).toMatchObject({
        name: 'mine',
        isAddressChecked: true,
        manifest: { kind: 'Peer', metadata: { name: 'mine' } },
      });
    }
  });

  it.each([
    [['peer', 'apply']],
    [['peer', 'remove']],
    [['names', 'x']],
    [['overlaps']],
    [['expose', '80', '--as', 'x']],
  ])('is refused where there is no such: %j', async (words) => {
    expect((await new Adit().fault(['cluster', ...words, '-o', 'toml'])).message).toContain('toml');
  });
});
