/**
 * Writes the pages of docs/ that are made from the code: every code of a fault, of a diagnostic, of a finding, and of what is
 * said of a cluster. With `--check` it writes nothing, and fails where a page is not as it would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { warningCodes } from '../shared/cluster/warnings/catalogue.ts';
import { diagnosticCodes } from '../shared/config/index.ts';
import { findingCodes } from '../shared/diagnosis/catalogue.ts';
import { faultCodes } from '../shared/fault.ts';

const docs = join(import.meta.dirname, '..', 'docs');

const errors = `# Errors

Every error has a code, a sentence and a next step; with \`--json\` it is \`{"error":{"code","message","hint"}}\`. Codes are stable.
Errors of a configuration have the code of their [diagnostic](diagnostics.md). This page is made by \`npm run docs\`.

| code | what it means |
|---|---|
${Object.entries(faultCodes)
  .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  .join('\n')}
`;

const diagnostics = `# Diagnostics of a configuration

What \`adit check\` can say of a .conf file. The judge is who would refuse the file, or read it in a way that surprises: \`wg\`, \`strip\` (wg-quick, when it
reads the file), \`up\` (ip and wg-quick, when the tunnel comes up) or \`adit\` alone. This page is made by \`npm run docs\`.

| code | severity | judge | what it means |
|---|---|---|---|
${diagnosticCodes.map(({ code, severity, judge, summary }) => `| \`${code}\` | ${severity} | ${judge} | ${summary.replaceAll('|', '\\|')} |`).join('\n')}
`;

const findings = `# Findings of a diagnosis

What \`adit diagnose\` can say of a tunnel, and of the way to an address through it. With an \`error\` or a \`warning\` it ends with exit status 1; a \`note\` is
worth knowing, and nothing is wrong with it. [How it finds out](diagnosis.md). This page is made by \`npm run docs\`.

| code | severity | what it means |
|---|---|---|
${findingCodes.map(({ code, severity, summary }) => `| \`${code}\` | ${severity} | ${summary} |`).join('\n')}
`;

const clusterWarnings = `# Warnings of a cluster

What \`adit cluster inspect\` can warn of: \`{"code","object","message","hint"}\`, the object as kubectl calls it. The hint has the line to type where there is
one. This page is made by \`npm run docs\`.

| code | what it means |
|---|---|
${warningCodes.map(({ code, summary }) => `| \`${code}\` | ${summary} |`).join('\n')}
`;

const pages = {
  'errors.md': errors,
  'diagnostics.md': diagnostics,
  'findings.md': findings,
  'cluster-warnings.md': clusterWarnings,
};
const isCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(pages)) {
  const path = join(docs, name);
  if (!isCheck) {
    writeFileSync(path, text);
  } else if (readFileSync(path, 'utf8') !== text) {
    console.error(`docs/${name} is out of date: run "npm run docs".`);
    process.exitCode = 1;
  }
}
