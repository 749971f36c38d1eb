/**
 * Asks kgctl for the configuration of a Peer in every generated mesh, and for a drawing of some, and writes its answers into the fixtures:
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
import { generateMesh, withoutHeard } from './generate.ts';
import { formatAnswers, linesOf, statementsOf } from './kgctl-answer.ts';
import type { KgctlAnswer } from './kgctl-answer.ts';
import { startStandIn } from './stand-in.ts';

/** Where the answers are kept. */
const fixtures = join(import.meta.dirname, '..', 'fixtures', 'kilo');

/** How many of the meshes it is asked to draw, too. */
const drawn = 40;

const [kgctl, count = '1000'] = process.argv.slice(2);
if (kgctl === undefined) throw new Error('the path of kgctl is missing');
const folder = mkdtempSync(join(tmpdir(), 'adit-kgctl-'));
// However it ends: at a question that fails, or by Ctrl-C.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));

/** What is asked of a mesh. */
type Question = 'showconf' | 'graph';

const { server, port } = await startStandIn((cluster) => {
  const [seed, question] = cluster.split('-');
  const mesh = generateMesh(Number(seed));
  const nodes = mesh.nodesAt(Math.floor(Date.now() / 1000));
  return { nodes: question === 'graph' ? withoutHeard(nodes) : nodes, peers: mesh.peers };
});
const answers = new Map<number, KgctlAnswer>();
const drawings = new Map<number, KgctlAnswer>();
const seeds = Array.from({ length: Number(count) }, (_, index) => index + 1);
const left = [...seeds];
async function work(program: string): Promise<void> {
  for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
    const conf = await ask(program, seed, 'showconf');
    answers.set(seed, conf === null ? 'refused' : linesOf(conf));
    if (seed > drawn) continue;
    const dot = await ask(program, seed, 'graph');
    drawings.set(seed, dot === null ? 'refused' : statementsOf(dot));
  }
}
await Promise.all([work(kgctl), work(kgctl)]);
server.closeAllConnections();
server.close();
write('kgctl.txt', answers);
write('kgctl-graph.txt', drawings);

function write(name: string, told: ReadonlyMap<number, KgctlAnswer>): void {
  const path = join(fixtures, name);
  writeFileSync(path, formatAnswers(new Map([...told].sort(([a], [b]) => a - b))));
  const refused = [...told.values()].filter((answer) => answer === 'refused').length;
  console.log(`${told.size} answers, ${refused} of them refusals, in ${path}`);
}

/** What kgctl prints; null where it refuses. */
async function ask(program: string, seed: number, question: Question): Promise<string | null> {
  const kubeconfig = join(folder, `${seed}-${question}.yaml`);
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}/${seed}-${question}"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {}}]
`,
  );
  const { granularity, topologyLabel, peer } = generateMesh(seed);
  const words = ['--kubeconfig', kubeconfig, '--mesh-granularity', granularity];
  words.push(
    '--topology-label',
    topologyLabel,
    ...(question === 'graph' ? ['graph'] : ['showconf', 'peer', peer]),
  );
  return new Promise((resolve, reject) => {
    execFile(
      program,
      words,
      // The stand-in knows no streaming lists.
      { env: { KUBE_FEATURE_WatchListClient: 'false', HOME: folder }, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (stderr.includes('did not find any')) resolve(null);
        else reject(new Error(`kgctl on mesh ${seed}: ${stderr}`));
      },
    );
  });
}
