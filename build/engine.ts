/**
 * `npm run build:engine`: builds Adit's own wireguard-go, as `build/engine/` pins it, into `dist/engine/`, with the licences of all that
 * is linked in beside it. The same Go makes the same bytes of it anywhere; where nothing has changed, Go's own cache makes nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOlder, licenceText, linkedModules, oldestGo } from './engine/go.ts';
import type { LinkedModule } from './engine/go.ts';

const root = join(import.meta.dirname, '..');
const source = join(root, 'build', 'engine');
const target = join(root, 'dist', 'engine');
const program = 'golang.zx2c4.com/wireguard';
const modulesFormat = '{{with .Module}}{{.Path}} {{.Version}} {{.Dir}}{{end}}';

/** By the tag, which changes no code, the program can be told from the same sources built by others. */
const recipe = ['-trimpath', '-mod=readonly', '-tags=adit', '-ldflags=-s -w'];
const architectures: Readonly<Partial<Record<NodeJS.Architecture, string>>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

/** Whatever the bytes depend on beside the recipe, so that neither the folder nor the settings of who builds it change them. */
const environment = {
  ...process.env,
  CGO_ENABLED: '0',
  GOOS: 'linux',
  GOARCH: architectures[process.arch] ?? process.arch,
  GOAMD64: 'v1',
  GOARM64: 'v8.0',
  GOFLAGS: '-buildvcs=false',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

const needed = oldestGo(readFileSync(join(source, 'go.mod'), 'utf8'));
const found = settingOfGo('GOVERSION');

if (found === '')
  fail(`no Go is installed here: install Go ${needed} or newer (Debian’s package is golang-go).`);
else if (isOlder(found, needed)) fail(`${found} is too old: install Go ${needed} or newer.`);
else build();

function build(): void {
  mkdirSync(target, { recursive: true });
  const built = go(source, 'build', ...recipe, '-o', join(target, 'wireguard-go'), program);
  const listed = go(source, 'list', '-deps', '-f', modulesFormat, program);
  if (!built.isDone || !listed.isDone) {
    fail(`Go has refused it: ${(built.complaint + listed.complaint).trim()}`);
    return;
  }
  const modules = linkedModules(listed.text);
  const standardLibrary: LinkedModule = {
    name: `Go’s standard library, ${found}`,
    folder: settingOfGo('GOROOT'),
  };
  writeFileSync(join(target, 'LICENSES.txt'), licenceText([...modules, standardLibrary]));
  console.log(`dist/engine/wireguard-go: ${modules.map(({ name }) => name).join(', ')}; ${found}`);
}

/** Asked outside `build/engine`, whose go.mod an old Go would not even read. */
function settingOfGo(name: string): string {
  return go(root, 'env', name).text.trim();
}

function go(cwd: string, ...words: string[]): { isDone: boolean; text: string; complaint: string } {
  const { status, stdout, stderr } = spawnSync('go', words, {
    cwd,
    env: environment,
    encoding: 'utf8',
  }) as { status: number | null; stdout: string | null; stderr: string | null };
  return { isDone: status === 0, text: stdout ?? '', complaint: stderr ?? '' };
}

function fail(reason: string): void {
  console.error(`Adit’s own engine is not built: ${reason}`);
  process.exitCode = 1;
}
