/**
 * Asks kgctl for the configuration of a Peer in every generated mesh, and writes its answers into the fixture:
 *
 *     node test/cluster/ask-kgctl.ts PATH_OF_KGCTL [COUNT]
 *
 * kgctl takes the time from the clock, so the nodes' check-ins are made to be so and so long ago at the moment of the question; the mesh
 * itself holds ages. It is built from github.com/squat/kilo with `go build ./cmd/kgctl`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateMesh } from './generate.ts';
import { formatAnswers, linesOf } from './kgctl-answer.ts';
import type { KgctlAnswer } from './kgctl-answer.ts';
import { startStandIn } from './stand-in.ts';

/** Where the answers are kept. */
const fixture = join(import.meta.dirname, '..', 'fixtures', 'kilo', 'kgctl.txt');

const [kgctl, count = '600'] = process.argv.slice(2);
if (kgctl === undefined) throw new Error('the path of kgctl is missing');
const folder = mkdtempSync(join(tmpdir(), 'adit-kgctl-'));
const { server, port } = await startStandIn((cluster) => {
  const mesh = generateMesh(Number(cluster));
  return { nodes: mesh.nodesAt(Math.floor(Date.now() / 1000)), peers: mesh.peers };
});
const answers = new Map<number, KgctlAnswer>();
const seeds = Array.from({ length: Number(count) }, (_, index) => index + 1);
const left = [...seeds];
async function work(program: string): Promise<void> {
  for (let seed = left.shift(); seed !== undefined; seed = left.shift())
    answers.set(seed, await ask(program, seed));
}
await Promise.all([work(kgctl), work(kgctl)]);
server.closeAllConnections();
server.close();
rmSync(folder, { recursive: true });
writeFileSync(fixture, formatAnswers(new Map([...answers].sort(([a], [b]) => a - b))));
const refused = [...answers.values()].filter((answer) => answer === 'refused').length;
console.log(`${answers.size} answers, ${refused} of them refusals, in ${fixture}`);

async function ask(program: string, seed: number): Promise<KgctlAnswer> {
  const kubeconfig = join(folder, `${seed}.yaml`);
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}/${seed}"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {}}]
`,
  );
  const { granularity, topologyLabel, peer } = generateMesh(seed);
  const words = [
    '--kubeconfig',
    kubeconfig,
    '--mesh-granularity',
    granularity,
    '--topology-label',
    topologyLabel,
  ];
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...words, 'showconf', 'peer', peer],
      // The stand-in knows no streaming lists.
      { env: { KUBE_FEATURE_WatchListClient: 'false', HOME: folder }, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(linesOf(stdout));
        else if (stderr.includes('did not find any')) resolve('refused');
        else reject(new Error(`kgctl on mesh ${seed}: ${stderr}`));
      },
    );
  });
}
