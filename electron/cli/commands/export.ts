import { encode, labelOf, serverSnippets, serverSnippetsText } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { forDialect, forTelephone, forWg } from '../../backend/export/form.ts';
import type { Exported } from '../../backend/export/form.ts';
import { writeNewFile } from '../../backend/profiles/files.ts';
import type { Profile } from '../../backend/profiles/profile.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { valueOf } from '../command.ts';
import type { Answer, Command, CommandContext, Given } from '../command.ts';
import { wrongUsage } from '../parse.ts';

const forms = ['wg-quick', 'wg', 'windows', 'apple', 'qr', 'zip', 'servers'] as const;

type Form = (typeof forms)[number];

/** `adit export NAME...` */
export const exportProfiles: Command = {
  name: 'export',
  operands: 'NAME...',
  arity: { least: 0, most: Infinity },
  summary: 'Give profiles away, with their secret keys',
  details: [
    'FORM is one of:',
    '  wg-quick  the file as it is kept; this is the form without --as',
    '  wg        for "wg setconf": what "wg-quick strip" prints',
    '  windows   for WireGuard for Windows, and',
    '  apple     for its app on macOS and iOS: what they do not know is left out, and said',
    '  qr        a QR code for a telephone: in blocks, or in a .png or .svg file',
    '  zip       all in one file; without names, every profile',
    '  servers   for the other ends: what each of the profile’s peers has to know of this one, as a [Peer] and for "wg set"',
    'Several are printed one after the other; with --json, each with its name.',
  ],
  options: {
    as: { kind: 'value', placeholder: 'FORM', summary: 'The form; see above' },
    output: {
      kind: 'value',
      short: 'o',
      placeholder: 'FILE',
      summary: 'Write to a new file, which only you may read',
    },
  },
  async run(context) {
    const { places, given } = context;
    const form = valueOf(given, 'as') ?? 'wg-quick';
    if (!isForm(form)) throw wrongUsage(exportProfiles, `There is no form ${JSON.stringify(form)}.`);
    if (given.operands.length === 0 && form !== 'zip')
      throw wrongUsage(exportProfiles, 'Something is missing.');
    const store = new ProfileStore(places.home);
    const profiles =
      given.operands.length === 0
        ? await store.all()
        : await Promise.all(given.operands.map((name) => store.find(name)));
    if (profiles.length === 0) throw new FaultError(noProfiles);
    return toOutput(context, await answerIn(form, profiles, context));
  },
};

function isForm(word: string): word is Form {
  return (forms as readonly string[]).includes(word);
}

function answerIn(form: Form, profiles: readonly Profile[], context: CommandContext): Promise<Answer> {
  switch (form) {
    case 'wg-quick':
      return Promise.resolve(asKept(profiles));
    case 'wg':
      return Promise.resolve(asText(profiles.map(forWg)));
    case 'windows':
    case 'apple':
      return Promise.resolve(
        asText(
          profiles.map((profile) => forDialect(profile, form)),
          true,
        ),
      );
    case 'qr':
      return asQrCodes(profiles.map(forTelephone), context);
    case 'zip':
      return asArchive(profiles, context);
    case 'servers':
      return Promise.resolve(asSnippets(profiles));
  }
}

function asKept(profiles: readonly Profile[]): Answer {
  return {
    json: { profiles: profiles.map(({ name, text }) => ({ name, text })) },
    text: '',
    bytes: Buffer.concat(
      profiles.flatMap(({ text, encoding }, index) => [
        Buffer.from(index === 0 ? '' : '\n'),
        encode(text, encoding),
      ]),
    ),
  };
}

/** What is for servers, whose interface is taken to be called as wg-gen-web and others have it. */
function asSnippets(profiles: readonly Profile[]): Answer {
  const made = profiles.map((profile) => {
    const tunnel = profile.tunnel();
    const label = labelOf(profile.file) ?? profile.name;
    const publicKey = profile.summary().publicKey ?? '';
    const servers = serverSnippets(tunnel, label, publicKey, 'wg0');
    return { name: profile.name, publicKey, text: serverSnippetsText(servers), servers };
  });
  return { json: { profiles: made }, text: made.map(({ text }) => text).join('\n'), verbatim: true };
}

/** @param tellsDropped whether what was left out is part of the answer, be it nothing */
function asText(exported: readonly Exported[], tellsDropped = false): Answer {
  return {
    json: {
      profiles: exported.map(({ name, text, dropped }) => ({
        name,
        text,
        ...(tellsDropped ? { dropped } : {}),
      })),
    },
    text: exported.map(({ text }) => text).join('\n'),
    verbatim: true,
    remarks: exported.flatMap(remarksOn),
  };
}

async function asQrCodes(exported: readonly Exported[], context: CommandContext): Promise<Answer> {
  const { qrModules, qrPng, qrSvg, qrText } = await import('../../backend/export/draw-qr-code.ts');
  const codes = exported.map((one) => ({ ...one, modules: qrModules(one.text) }));
  const json = {
    profiles: codes.map(({ name, text, dropped, modules }) => ({
      name,
      text,
      dropped,
      qr: qrText(modules, false),
    })),
  };
  const remarks = exported.flatMap(remarksOn);
  const output = outputIn(context.given);
  if (output === undefined) {
    const blocks = codes.map(({ name, modules }) => {
      const heading = codes.length === 1 ? '' : `${name}:\n`;
      return heading + qrText(modules, context.isTerminal);
    });
    return { json, text: blocks.join('\n\n'), remarks };
  }
  const [code, ...others] = codes;
  if (code === undefined || others.length > 0)
    throw wrongUsage(exportProfiles, 'One file holds one QR code.');
  if (/\.png$/i.test(output)) return { json, text: '', bytes: qrPng(code.modules), remarks };
  if (/\.svg$/i.test(output)) return { json, text: '', bytes: Buffer.from(qrSvg(code.modules)), remarks };
  throw wrongUsage(exportProfiles, 'The name of a file for a QR code ends in .png or .svg.');
}

async function asArchive(profiles: readonly Profile[], context: CommandContext): Promise<Answer> {
  const output = outputIn(context.given);
  if (output === undefined && context.isTerminal && !context.json) throw new FaultError(isTerminal);
  const { writeArchive } = await import('../../backend/export/write-archive.ts');
  const bytes = await writeArchive(
    profiles.map(({ name, text, encoding }) => ({ name: fileNameOf(name), bytes: encode(text, encoding) })),
  );
  const texts = profiles.map(({ name, text }) => ({ name, text }));
  const zip = output === undefined ? { zip: Buffer.from(bytes).toString('base64') } : {};
  return { json: { profiles: texts, ...zip }, text: '', bytes };
}

/** What begins like a drive's name would be a path of its own on Windows. */
function fileNameOf(name: string): string {
  return `${name.replace(/^([a-z]):/i, '$1_')}.conf`;
}

/** The file to write to; a dash is what it is elsewhere, the standard output. */
function outputIn(given: Given): string | undefined {
  const output = valueOf(given, 'output');
  return output === '-' ? undefined : output;
}

/** Writes an answer to the file that was asked for, and says so in its place. */
async function toOutput({ given }: CommandContext, answer: Answer): Promise<Answer> {
  const output = outputIn(given);
  if (output === undefined) return answer;
  await writeNewFile(output, answer.bytes ?? Buffer.from(answer.text));
  return {
    json: { ...(answer.json as object), output },
    text: `Written to ${output}.`,
    ...(answer.remarks === undefined ? {} : { remarks: answer.remarks }),
  };
}

function remarksOn({ name, dropped }: Exported): string[] {
  return dropped.map(({ line, key, message }) => `${name}, line ${line}: ${key} was left out. ${message}`);
}

const noProfiles = {
  code: 'profile-not-found',
  message: 'No profile is kept yet.',
  hint: '"adit import FILE" takes one in, "adit new NAME" makes one.',
} as const;

const isTerminal = {
  code: 'output-is-terminal',
  message: 'A .zip file is nothing for a terminal.',
  hint: 'Write it to a file with --output FILE, or into a pipe.',
} as const;
