import js from '@eslint/js';
import esx from 'eslint-plugin-es-x';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import n from 'eslint-plugin-n';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

/** What is bundled runs on Node 16.17 and Chromium 108 too; scripts and tests run on the Node of this repository. */
const bundled = ['shared/**/*.ts', 'electron/**/*.ts', 'renderer/**/*.{ts,tsx}'];

/** Imports run one way (docs/architecture.md). `from` may not be imported by anything in `target`. */
const directions = [
  {
    target: './shared/diagnosis',
    from: './shared',
    except: ['./diagnosis', './network', './tunnel', './fault.ts'],
  },
  { target: './shared/cluster', from: './shared/contract' },
  { target: './shared', from: ['./electron', './renderer', './test', './build'] },
  { target: './shared/network', from: './shared', except: ['./network'] },
  { target: './shared/tunnel', from: './shared', except: ['./tunnel', './network', './fault.ts'] },
  { target: './shared/names', from: './shared', except: ['./names', './network', './tunnel', './fault.ts'] },
  { target: './shared/config', from: ['./shared/contract/helper', './shared/contract/ui/validators.ts'] },
  { target: './shared/contract/ui/verbs.ts', from: './node_modules/zod' },
  { target: './renderer', from: ['./electron', './test', './build'] },
  { target: './renderer', from: ['./shared/contract/helper', './shared/contract/ui/validators.ts'] },
  { target: './electron/helper', from: './electron', except: ['./helper'] },
  { target: './electron/forwarder', from: './electron', except: ['./forwarder'] },
  { target: './electron/backend', from: './electron', except: ['./backend'] },
  { target: './electron/cli', from: './electron', except: ['./cli', './backend', './browser'] },
  { target: './electron/browser', from: './electron', except: ['./browser', './backend'] },
  { target: './electron/shell', from: './electron', except: ['./shell', './backend'] },
  { target: './electron', from: ['./renderer', './test', './build'] },
];

export default defineConfig(
  globalIgnores(['dist', 'release', 'node_modules', 'test/fixtures']),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', '*.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: directions }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: bundled,
    extends: [
      esx.configs['flat/no-new-in-es2023'],
      esx.configs['flat/no-new-in-es2024'],
      esx.configs['flat/no-new-in-es2025'],
      esx.configs['flat/no-new-in-esnext'],
    ],
  },
  {
    files: ['electron/**/*.ts'],
    plugins: { n },
    rules: {
      'n/no-unsupported-features/node-builtins': [
        'error',
        { version: '>=16.17.0', ignores: ['util.parseArgs'] },
      ],
    },
  },
  {
    files: ['electron/**/*.ts'],
    ignores: ['electron/main.ts', 'electron/preload.ts', 'electron/shell/**'],
    rules: { 'no-restricted-imports': ['error', { paths: ['electron'] }] },
  },
  {
    files: ['shared/**/*.ts', 'renderer/**/*.{ts,tsx}'],
    ignores: ['renderer/vite.config.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: ['electron', 'ws'], patterns: ['node:*'] }] },
  },
  { files: ['renderer/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat['recommended-latest']] },
  {
    files: ['build/**', 'test/**', 'electron/cli/**', '*.config.*'],
    rules: { 'no-console': 'off' },
  },
  // Tools that load these files ask for a default export.
  { files: ['**/*.config.{js,ts}', 'test/summary.ts'], rules: { 'import-x/no-default-export': 'off' } },
  { files: ['**/*.js'], extends: [ts.configs.disableTypeChecked] },
);
