import { describe, expect, it } from 'vitest';
import { diagnoseTogether, diagnosticCodes, parse } from '../../../shared/config/index.ts';
import { fixtureText } from './fixtures.ts';
import { togetherCodes } from './together-codes.ts';

function codesOf(...files: (readonly [string, string])[]): Record<string, string[]> {
  const found = diagnoseTogether(files.map(([name, text]) => ({ name, file: parse(text) })));
  return Object.fromEntries(
    found.map(({ name, diagnostics }) => [name, diagnostics.map(({ code }) => code)]),
  );
}

function pair(folder: string): (readonly [string, string])[] {
  return ['laptop', 'server'].map((name) => [name, fixtureText(`together/${folder}/${name}.conf`)] as const);
}

describe('profiles side by side', () => {
  it.each(togetherCodes)('%s', (code) => {
    expect(diagnosticCodes.map((known) => known.code)).toContain(code);
    const found = codesOf(...pair(code));
    expect([...new Set(Object.values(found).flat())]).toEqual([code]);
  });

  it('are fine when they fit', () => {
    const [laptop, server] = pair('endpoint-port-differs');
    const fixed = server?.[1].replace('Address', 'ListenPort = 51820\nAddress') ?? '';
    expect(codesOf(['laptop', laptop?.[1] ?? ''], ['server', fixed])).toEqual({ laptop: [], server: [] });
  });

  it("find that seed 002's laptop is not the peer that its server knows", () => {
    const laptop = fixtureText('seeds/002-laptop.conf');
    const server = fixtureText('seeds/002-azure-server.conf');
    const found = codesOf(['laptop', laptop], ['azure', server]);
    // The server knows the laptop by another key than the one it has: no handshake, and the port is random.
    expect(found).toEqual({ laptop: ['peer-unknown-there', 'endpoint-port-differs'], azure: [] });
  });
});
