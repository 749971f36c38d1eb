import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importFile } from '../../../electron/backend/import/import-file.ts';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { decode, diagnose, encode, parse } from '../../../shared/config/index.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { fixture, fixturesIn } from '../config/fixtures.ts';
import { keys } from '../contract/tunnels.ts';
import { temporaryFolder } from '../machine.ts';
import { confWith, homeConf } from './profiles.ts';

interface Taking {
  readonly home: string;
  /** Imports a file that holds one configuration. */
  readonly take: (name: string, contents: string | Uint8Array) => Promise<ImportOutcome>;
  /** The files in the folder of the profiles, whatever they are. */
  readonly kept: () => string[];
}

function taking(): Taking {
  const home = join(temporaryFolder(), 'adit');
  const store = new ProfileStore(home);
  const folder = join(home, 'profiles');
  return {
    home,
    take: async (name, contents) => {
      const [outcome, ...others] = await importFile(store, { name, bytes: Buffer.from(contents as string) });
      if (outcome === undefined || others.length > 0) throw new Error(`${name}: not one outcome`);
      return outcome;
    },
    kept: () => (existsSync(folder) ? readdirSync(folder).sort() : []),
  };
}

/** The code a refused file got, or what became of it. */
function codeOf(outcome: ImportOutcome): string {
  return outcome.kind === 'refused' ? outcome.error.code : outcome.kind;
}

describe('a good file', () => {
  it('is kept under its base name, to the byte, for its owner alone', async () => {
    const { take, kept, home } = taking();
    expect(await take('/somewhere/else/home.conf', homeConf)).toEqual({
      kind: 'imported',
      file: '/somewhere/else/home.conf',
      name: 'home',
      interface: 'home',
      warnings: [],
    });
    expect(kept()).toEqual(['home.conf']);
    const path = join(home, 'profiles', 'home.conf');
    expect(readFileSync(path, 'utf8')).toBe(homeConf);
    expect([home, join(home, 'profiles'), path].map((at) => statSync(at).mode & 0o777)).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  it('may be called what its owner likes', async () => {
    const { take, kept } = taking();
    const outcomes = [
      await take('我的家.conf', homeConf),
      await take('C:\\Users\\me\\office in Köln.conf', homeConf),
      await take('plain', homeConf),
      await take('LOUD.CONF', homeConf),
    ];
    expect(outcomes.map((outcome) => outcome.kind === 'imported' && outcome.name)).toEqual([
      '我的家',
      'office in Köln',
      'plain',
      'LOUD',
    ]);
    expect(kept()).toHaveLength(4);
  });

  it('keeps its line ends, and what wg reads as bytes', async () => {
    const { take, home } = taking();
    const crlf = homeConf.replaceAll('\n', '\r\n');
    const latin = Buffer.from(homeConf.replace('by hand', 'für mich'), 'latin1');
    expect(codeOf(await take('crlf.conf', crlf))).toBe('imported');
    expect(codeOf(await take('latin.conf', latin))).toBe('imported');
    expect(readFileSync(join(home, 'profiles', 'crlf.conf'), 'utf8')).toBe(crlf);
    expect(readFileSync(join(home, 'profiles', 'latin.conf'))).toEqual(latin);
  });

  it('is kept as wg can read it, where it was saved with a byte order mark or as UTF-16', async () => {
    const { take, home } = taking();
    for (const encoding of [
      { charset: 'utf-8', bom: true },
      { charset: 'utf-16le', bom: true },
      { charset: 'utf-16be', bom: true },
    ] as const) {
      const bytes = encode(homeConf, encoding);
      expect(codeOf(await take(`${encoding.charset}.conf`, bytes))).toBe('imported');
      expect(readFileSync(join(home, 'profiles', `${encoding.charset}.conf`), 'utf8')).toBe(homeConf);
    }
  });

  it('that would run scripts is kept, with a warning that names them', async () => {
    const { take } = taking();
    const outcome = await take('home.conf', confWith('PostUp = iptables -A FORWARD -j ACCEPT'));
    const codes = outcome.kind === 'imported' ? outcome.warnings.map(({ code }) => code) : [];
    expect(codes).toContain('scripts-not-run');
  });

  it('that lacks only what can be filled in later is kept', async () => {
    const { take } = taking();
    expect(codeOf(await take('nokey.conf', homeConf.replace(/PrivateKey.*\n/, '')))).toBe('imported');
  });
});

/** Every error case of shared/wireguard.md 1.1 and 1.2, and the code it gets. */
const malformed: readonly (readonly [string, string, string])[] = [
  ['nothing in it', '', 'file-empty'],
  ['blanks only', ' \n\t\n', 'file-empty'],
  ['a comment of the INI kind', confWith('; hello'), 'comment-marker'],
  ['a line without =', confWith('hello'), 'line-unrecognized'],
  ['an unknown key', confWith('Adress = 10.0.0.1/24'), 'key-unrecognized'],
  ['an unknown section', `${homeConf}[Peers]\n`, 'section-unrecognized'],
  ['a key before any section', `PrivateKey = ${keys.private}\n${homeConf}`, 'outside-section'],
  ['a key without a value', homeConf.replace(/PublicKey = .*/, 'PublicKey ='), 'value-missing'],
  ['a no-break space', homeConf.replace('PrivateKey = ', 'PrivateKey =\u00a0'), 'look-alike-character'],
  ['a peer without a key', homeConf.replace(/PublicKey = .*\n/, ''), 'public-key-missing'],
  ['a key of another form', homeConf.replace(keys.peer, `${keys.peer.slice(0, 42)}p=`), 'key-malformed'],
  [
    'a key of the URL-safe kind',
    homeConf.replace(keys.peer, 'OzdH42suuOpVY5wxPrxM-rAEyPEFg2eL0ZI29N7eSTY='),
    'key-malformed',
  ],
  ['a placeholder for a key', homeConf.replace(keys.peer, '<Server_PublicKey>'), 'key-placeholder'],
  ['a port beyond 65535', confWith('ListenPort = 70000'), 'port-out-of-range'],
  ['a port that is none', confWith('ListenPort = 0x10'), 'port-malformed'],
  ['a mark in the wrong case', confWith('FwMark = 0XCA6C'), 'fwmark-malformed'],
  ['an endpoint without a port', homeConf.replace(':51820', ''), 'endpoint-no-port'],
  ['an endpoint without a host', homeConf.replace('203.0.113.2:', ':'), 'endpoint-host'],
  ['an endpoint with a port beyond 65535', homeConf.replace(':51820', ':70000'), 'port-out-of-range'],
  ['a keepalive with a unit', homeConf.replace('= 25', '= 25s'), 'keepalive-malformed'],
  ['a keepalive beyond 65535', homeConf.replace('= 25', '= 65536'), 'keepalive-malformed'],
  ['a prefix with a netmask', homeConf.replace('10.42.0.0/16', '10.0.0.0/255.0.0.0'), 'allowed-ip-malformed'],
  ['a prefix with a leading zero', homeConf.replace('10.42.0.0/16', '010.0.0.0/8'), 'allowed-ip-malformed'],
  ['a prefix that is too long', homeConf.replace('10.42.0.0/16', '10.0.0.0/33'), 'allowed-ip-malformed'],
  ['a comma at the end', homeConf.replace('10.43.0.0/16', '10.43.0.0/16,'), 'allowed-ip-empty'],
  ['an address that is none', homeConf.replace('10.200.200.11/24', '10.200.200.300/24'), 'address-malformed'],
  ['a Table in another case', confWith('Table = Off'), 'table-case'],
  ['an MTU out of range', confWith('MTU = 65536'), 'mtu-out-of-range'],
  ['a SaveConfig that is neither', confWith('SaveConfig = yes'), 'save-config-malformed'],
];

describe('a malformed file', () => {
  it.each(malformed)('with %s is refused by name, and nothing of it is kept', async (_, text, code) => {
    const { take, kept } = taking();
    const outcome = await take('home.conf', text);
    expect(codeOf(outcome)).toBe(code);
    expect(outcome.kind === 'refused' ? outcome.error.hint : '').not.toBe('');
    expect(kept()).toEqual([]);
  });

  it('of every kind there is a fixture for is refused with the code of its first error', async () => {
    const { take, kept } = taking();
    const imported: string[] = [];
    for (const path of fixturesIn('codes')) {
      const bytes = fixture(path);
      const outcome = await take(path, bytes);
      const errors = diagnose(parse(decode(bytes).text)).filter(({ severity }) => severity === 'error');
      // The first two can be filled in later; what wg show prints is read for what it is.
      const passing = ['interface-missing', 'private-key-missing', 'wg-show-output'];
      const lasting = errors.filter(({ code }) => !passing.includes(code));
      expect(codeOf(outcome), path).toBe(lasting[0]?.code ?? 'imported');
      if (outcome.kind === 'imported') imported.push(`${outcome.name}.conf`);
    }
    expect(kept()).toEqual(imported.sort());
    expect(imported.length).toBeGreaterThan(10);
  });

  it('tells of no secret', async () => {
    const { take } = taking();
    for (const [, text] of malformed) {
      const outcome = JSON.stringify(await take('home.conf', text));
      expect(outcome).not.toContain(keys.private);
      expect(outcome).not.toContain(keys.preshared);
    }
  });
});

describe('text that was damaged', () => {
  const damaged = homeConf.replace('Home, by hand', 'å®¶ Home').replace('Zuhause', 'BÃ¼ro');

  it('is kept as it is, with a warning that offers the repair', async () => {
    const { take, home } = taking();
    const outcome = await take('home.conf', damaged);
    expect(outcome.kind === 'imported' ? outcome.warnings.map(({ code }) => code) : []).toEqual(['mojibake']);
    expect(readFileSync(join(home, 'profiles', 'home.conf'), 'utf8')).toBe(damaged);
  });

  it('is restored where that is wanted', async () => {
    const { home } = taking();
    const given = { name: 'home.conf', bytes: Buffer.from(damaged) };
    const [outcome] = await importFile(new ProfileStore(home), given, { repair: true });
    expect(outcome).toMatchObject({ kind: 'imported', warnings: [] });
    expect(readFileSync(join(home, 'profiles', 'home.conf'), 'utf8')).toBe(
      homeConf.replace('Home, by hand', '家 Home').replace('Zuhause', 'Büro'),
    );
  });
});

describe('what kgctl prints of a cluster', () => {
  const kilo = fixture('codes/interface-missing.conf');

  it('is kept, and what it lacks is said', async () => {
    const { take, home } = taking();
    const outcome = await take('kilo.conf', kilo);
    expect(outcome).toMatchObject({
      kind: 'imported',
      warnings: [{ code: 'interface-missing', hint: expect.stringContaining('PrivateKey') as string }],
    });
    expect(readFileSync(join(home, 'profiles', 'kilo.conf'))).toEqual(kilo);
  });

  it('is whole with the key and the address of this host', async () => {
    const { home } = taking();
    const own = { privateKey: keys.private, addresses: ['10.5.0.1/32'] };
    const store = new ProfileStore(home);
    const [outcome] = await importFile(store, { name: 'kilo.conf', bytes: kilo }, { own });
    expect(outcome).toMatchObject({ kind: 'imported', warnings: [] });
    expect((await store.find('kilo')).tunnel()).toMatchObject({ privateKey: keys.private });
  });
});

describe('what wg show prints', () => {
  const shown = fixture('seeds/004-node-wg-show.conf').toString();

  it('is kept as a configuration, and the key it lacks is said', async () => {
    const { take, home } = taking();
    const outcome = await take('node.txt', shown);
    expect(outcome).toMatchObject({ kind: 'imported', name: 'node' });
    expect(outcome.kind === 'imported' ? outcome.warnings.map(({ code }) => code) : []).toContain(
      'private-key-missing',
    );
    const text = readFileSync(join(home, 'profiles', 'node.conf'), 'utf8');
    expect(text).toContain('AllowedIPs = 10.240.0.64/32, 10.240.0.65/32, 10.240.0.66/32\n');
  });

  it('of several interfaces becomes a profile for each, and one that is wrong spoils no other', async () => {
    const { home, kept } = taking();
    const bytes = Buffer.from(`${shown}\n${shown.replace('wireguard.cali', 'wg0')}
interface: wg1
  listening port: 70000
`);
    const outcomes = await importFile(new ProfileStore(home), { name: 'all.txt', bytes });
    expect(outcomes.map((outcome) => [outcome.file, codeOf(outcome)])).toEqual([
      ['all.txt/wireguard.cali', 'imported'],
      ['all.txt/wg0', 'imported'],
      ['all.txt/wg1', 'port-out-of-range'],
    ]);
    const refused = outcomes.at(-1);
    const line = bytes.toString().split('\n').indexOf('  listening port: 70000') + 1;
    expect(refused?.kind === 'refused' ? refused.error.message : '').toContain(`all.txt, line ${line}, `);
    expect(kept()).toEqual(['wg0.conf', 'wireguard.cali.conf']);
  });
});

describe('any bytes at all', () => {
  it('are taken or refused by a name of ours', async () => {
    const beginnings = [
      '',
      'PK\x03\x04',
      'PK\x05\x06',
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff',
      'interface: x\n',
      '\xff\xfe',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings),
        fc.uint8Array({ maxLength: 300 }),
        async (start, rest) => {
          const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
          const store = new ProfileStore(join(temporaryFolder(), 'adit'));
          const outcomes = await importFile(store, { name: 'x.conf', bytes });
          expect(outcomes.length).toBeGreaterThan(0);
          expect(outcomes.map(codeOf)).not.toContain('internal-error');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a name that is taken', () => {
  it('is kept for the first file; the second is refused, and changes nothing', async () => {
    const { take, kept, home } = taking();
    await take('a/home.conf', homeConf);
    const outcome = await take('b/home.conf', confWith('MTU = 1400'));
    expect(codeOf(outcome)).toBe('profile-exists');
    expect(readFileSync(join(home, 'profiles', 'home.conf'), 'utf8')).toBe(homeConf);
    expect(kept()).toEqual(['home.conf']);
  });

  it('is the same in whatever way its letters are composed', async () => {
    const { take } = taking();
    await take('Büro.conf', homeConf);
    expect(codeOf(await take('Bu\u0308ro.conf', homeConf))).toBe('profile-exists');
  });
});

describe('a name that cannot be kept', () => {
  it.each(['x'.repeat(300), '家'.repeat(300), '.conf', '...conf', 'a\u0007b.conf', ' .conf'])(
    '%j is refused by name',
    async (name) => {
      const { take, kept } = taking();
      expect(codeOf(await take(name, homeConf))).toBe('profile-name-invalid');
      expect(kept()).toEqual([]);
    },
  );
});
