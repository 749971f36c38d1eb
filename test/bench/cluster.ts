import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { toBase64 } from '../../shared/config/keys/base64.ts';
import { KubeCluster } from '../lab/kube/cluster.ts';
import { defineKilo, peersPath } from '../lab/kube/kilo.ts';
import { kubePrograms } from '../lab/kube/programs.ts';
import { aditProgram } from '../lab/product/client.ts';
import { median, spread } from './figures.ts';

/** What the whole command may take: milliseconds, and MiB at its peak. */
const limits = { milliseconds: 500, mebibytes: 250 } as const;

const size = { nodes: 5_000, locations: 50, peers: 10 } as const;

/** How many nodes are written at a time. */
const writers = 16;

/** Milliseconds between looks at how much a program holds; what it held at most is in each. */
const lookEvery = 25;

/** One run of a program. */
interface Run {
  readonly milliseconds: number;
  /** The most memory it held, in MiB. */
  readonly peak: number;
  readonly stdout: string;
}

/** What is compared, by its name, as a shell would be given it. */
type Contenders = ReadonlyMap<string, readonly string[]>;

/**
 * From a Kilo cluster of 5,000 nodes in a real API server to the text of a profile, the whole command, in turn with kgctl and kubectl
 * where they are at hand: kgctl as `/tmp/kgctl` or in PATH.
 *
 * @throws where there is no API server to be had, or where the profile has not the peers that kgctl gives
 */
export async function benchCluster(rounds: number): Promise<string[]> {
  const programs = await kubePrograms();
  if (typeof programs === 'string') throw new Error(`no API server: ${programs}`);
  await using cluster = await KubeCluster.start(programs);
  await defineKilo(cluster);
  await writeObjects(cluster);
  const kubeconfig = join(cluster.folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
  const contenders = contendersFor(kubeconfig);
  const runs = new Map<string, Run[]>([...contenders.keys()].map((name) => [name, []]));
  // The first round fills the caches of the server, and of this machine.
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, argv] of contenders) {
      const run = await measure(argv);
      if (round >= 0) runs.get(name)?.push(run);
    }
  }
  requireEqual(runs);
  return report(runs, rounds);
}

function contendersFor(kubeconfig: string): Contenders {
  const ours = [process.execPath, aditProgram, 'cluster', 'profile', '--peer', 'peer-0'];
  const contenders = new Map<string, readonly string[]>([['Adit', [...ours, '--kubeconfig', kubeconfig]]]);
  const kgctl = ['/tmp/kgctl', 'kgctl'].find((program) => isThere(program, '--help'));
  if (kgctl !== undefined)
    contenders.set('kgctl', [kgctl, '--kubeconfig', kubeconfig, 'showconf', 'peer', 'peer-0']);
  if (isThere('kubectl', 'version', '--client'))
    contenders.set('kubectl', ['kubectl', '--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'json']);
  return contenders;
}

function isThere(program: string, ...words: readonly string[]): boolean {
  if (program.startsWith('/') && !existsSync(program)) return false;
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

/** Both have to have the same peers, by their keys and what is behind them. */
function requireEqual(runs: ReadonlyMap<string, readonly Run[]>): void {
  const peersOf = (name: string): string | null => {
    const text = runs.get(name)?.[0]?.stdout;
    return text === undefined ? null : (text.match(/^(PublicKey|AllowedIPs) = .*/gm) ?? []).sort().join('\n');
  };
  const [own, theirs] = [peersOf('Adit'), peersOf('kgctl')];
  if (own === '' || (theirs !== null && own !== theirs))
    throw new Error('the two do not have the same peers');
}

function report(runs: ReadonlyMap<string, readonly Run[]>, rounds: number): string[] {
  const own = runs.get('Adit') ?? [];
  return [...runs].map(([name, each]) => {
    const ratios = each.map(
      ({ milliseconds }, round) => (own[round]?.milliseconds ?? Number.NaN) / milliseconds,
    );
    const figures =
      `cluster of ${size.nodes.toLocaleString('en')} nodes in ${size.locations} locations, ${name}: ` +
      `${spread(each.map(({ milliseconds }) => milliseconds))} ms, ${Math.max(...each.map(({ peak }) => peak)).toFixed(0)} MiB`;
    return name === 'Adit'
      ? `${figures} (limits ${limits.milliseconds} ms, ${limits.mebibytes} MiB), ${rounds} rounds`
      : `${figures}; Adit takes ${median(ratios).toFixed(2)} of its time`;
  });
}

function measure([program = '', ...words]: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const texts: Buffer[] = [];
    let peak = 0;
    const looking = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), lookEvery);
    child.stdout.on('data', (chunk: Buffer) => texts.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(looking);
      const milliseconds = performance.now() - began;
      if (code === 0) resolve({ milliseconds, peak, stdout: Buffer.concat(texts).toString() });
      else reject(new Error(`${program} ended with ${code ?? 'a signal'}`));
    });
  });
}

/** The most that a process has held so far, in MiB; 0 where it has ended. */
function peakOf(pid = 0): number {
  try {
    const [, kibibytes = '0'] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) / 1024;
  } catch {
    return 0;
  }
}

async function writeObjects(cluster: KubeCluster): Promise<void> {
  for (let index = 0; index < size.peers; index += 1) await cluster.write('POST', peersPath, peerOf(index));
  const { certificate: cert, key } = cluster.authority.sign({ name: 'writer', groups: ['system:masters'] });
  const agent = new Agent({
    keepAlive: true,
    maxSockets: writers,
    ca: cluster.authority.certificate,
    cert,
    key,
  });
  // Checked in an hour from now, which counts as now: the bench may take longer than a minute.
  const seen = String(Math.floor(Date.now() / 1000) + 3600);
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < size.nodes) await post(agent, cluster.port, nodeOf(next++, seen));
  };
  await Promise.all(Array.from({ length: writers }, write));
  agent.destroy();
}

function post(agent: Agent, port: number, node: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const where = { host: '127.0.0.1', port, path: '/api/v1/nodes' };
    const posting = request({ ...where, method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 201) resolve();
        else reject(new Error(`a node is not taken: ${response.statusCode ?? 0}`));
      });
    });
    posting.on('error', reject).end(JSON.stringify(node));
  });
}

/** A node of one of the locations, with what kg writes, and some of what a kubelet does. */
function nodeOf(index: number, lastSeen: string): unknown {
  const [high, low] = [index >>> 8, index & 255];
  const podCidr = `10.${64 + high}.${low}.0/24`;
  const condition = (type: string, status: string, reason: string): unknown => ({
    ...{ type, status, reason, message: `kubelet says ${reason}` },
    ...{ lastHeartbeatTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' },
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index}`,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': `node-${index}`,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/region': `region-${index % size.locations}`,
      },
      annotations: {
        'kilo.squat.ai/endpoint': `203.0.${100 + high}.${low}:51820`,
        'kilo.squat.ai/internal-ip': `172.20.${high}.${low}/16`,
        'kilo.squat.ai/key': keyOf(index, 7),
        'kilo.squat.ai/last-seen': lastSeen,
        'kilo.squat.ai/granularity': 'location',
        'kilo.squat.ai/location': `region-${index % size.locations}`,
        'kilo.squat.ai/wireguard-ip': `10.4.${high}.${low}/16`,
      },
    },
    spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
    status: {
      addresses: [
        { type: 'InternalIP', address: `172.20.${high}.${low}` },
        { type: 'Hostname', address: `node-${index}` },
      ],
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
    },
  };
}

function peerOf(index: number): unknown {
  return {
    apiVersion: 'kilo.squat.ai/v1alpha1',
    kind: 'Peer',
    metadata: { name: `peer-${index}` },
    spec: { allowedIPs: [`10.5.0.${index + 1}/32`], publicKey: keyOf(index, 9) },
  };
}

function keyOf(index: number, fill: number): string {
  return toBase64(Uint8Array.from({ length: 32 }, (_, at) => (at < 4 ? index >>> (8 * at) : fill)));
}
