/**
 * Builds `dist/`: one CommonJS file each for the command line, the helper and the Electron entries, what the command line seldom
 * needs in files beside it (`cli-*.cjs`), and the interface as ES modules. The same files run on Node 16.17 and Electron 22, where
 * the desktop tests try them, and on what ships.
 */
import { chmod, copyFile, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { InputOptions } from 'rolldown';
import { build as buildPage } from 'vite';
import packageFacts from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** The oldest runtimes the bundles have to load in. */
const targets = { node: 'node16.17', launcher: 'es2015' } as const;

/** Programs of `dist/`, and the modules that only the runtime itself can give them. */
const programs: readonly { name: string; entry: string; target: string; external?: string[] }[] = [
  { name: 'bin', entry: 'electron/cli/bin.ts', target: targets.launcher },
  { name: 'kubectl-adit', entry: 'electron/cli/kubectl-adit.ts', target: targets.launcher },
  { name: 'cli', entry: 'electron/cli/main.ts', target: targets.node },
  { name: 'helper', entry: 'electron/helper/main.ts', target: targets.node },
  { name: 'forwarder', entry: 'electron/forwarder/main.ts', target: targets.node },
  { name: 'resolver', entry: 'electron/helper/endpoints/child.ts', target: targets.node },
  { name: 'main', entry: 'electron/main.ts', target: targets.node, external: ['electron'] },
  { name: 'preload', entry: 'electron/preload.ts', target: targets.node, external: ['electron'] },
];

/** What a shell starts by its name. */
const launchers = ['bin', 'kubectl-adit'];

/** What is known when the bundle is made. */
const define = {
  ADIT_VERSION: JSON.stringify(packageFacts.version),
  // Without these, ws looks for its optional native parts when it runs, in whatever folder it stands.
  'process.env.WS_NO_BUFFER_UTIL': '"1"',
  'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
};

process.env['NODE_ENV'] = 'production';
await clear();
await Promise.all([...programs.map(buildProgram), buildInterface(), copyIcons()]);
for (const name of launchers) await chmod(join(dist, `${name}.cjs`), 0o755);

/** Empties `dist/` but for the engine, which `npm run build:engine` puts there. */
async function clear(): Promise<void> {
  await mkdir(dist, { recursive: true });
  const old = (await readdir(dist)).filter((name) => name !== 'engine');
  await Promise.all(old.map((name) => rm(join(dist, name), { recursive: true })));
}

async function buildProgram({
  name,
  entry,
  target,
  external = [],
}: (typeof programs)[number]): Promise<void> {
  const options: InputOptions = {
    input: join(root, entry),
    platform: 'node',
    external: [/^node:/, ...external],
    transform: { target, define },
    // What is pure is loaded where a name of it is used, and not for being listed beside one.
    treeshake: { moduleSideEffects: [{ test: /\/shared\//, sideEffects: false }] },
  };
  const bundle = await rolldown(options);
  await bundle.write({
    dir: dist,
    format: 'cjs',
    entryFileNames: `${name}.cjs`,
    // A command ends in a moment: it loads what reads archives and pictures only where there is one.
    ...(name === 'cli' ? { chunkFileNames: 'cli-[name].cjs' } : { codeSplitting: false }),
    ...(launchers.includes(name) ? { banner: '#!/usr/bin/env node' } : {}),
  });
  await bundle.close();
}

async function buildInterface(): Promise<void> {
  await buildPage({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
}

/** The icons that the Electron shell shows itself. */
async function copyIcons(): Promise<void> {
  const icons = join(dist, 'icons');
  await cp(join(root, 'assets', 'tray'), icons, { recursive: true });
  await copyFile(join(root, 'assets', 'icons', '256x256.png'), join(icons, 'app.png'));
}
