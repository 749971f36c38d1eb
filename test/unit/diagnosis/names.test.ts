import { describe, expect, it } from 'vitest';
import type { NameAnswer, NameFacts, NameServerAnswer } from '../../../shared/diagnosis/name-facts.ts';
import { judgeNames } from '../../../shared/diagnosis/rules/names.ts';

const answered: NameAnswer = { outcome: 'answered', addresses: ['10.43.0.1'], milliseconds: 12 };

function server(parts: Partial<NameServerAnswer> = {}): NameServerAnswer {
  return { ...answered, server: '10.43.0.10', tunnel: 'clouds', peer: 'AWS', ...parts };
}

function saying(outcome: NameAnswer['outcome']): NameAnswer {
  return { outcome, addresses: [], milliseconds: null };
}

function codes(parts: Partial<NameFacts>): string[] {
  const facts: NameFacts = {
    ...{ tunnel: 'clouds', name: 'kubernetes.default.svc.cluster.local', domain: 'cluster.local' },
    ...{ isUp: true, mode: 'split', reason: 'it is there', domains: ['cluster.local'] },
    servers: [server()],
    system: answered,
    ...parts,
  };
  return judgeNames(facts).map(({ code, message }) => (code === 'name-not-sent' ? message : code));
}

describe('the judgement of a name', () => {
  it('finds nothing where programs here are told what the cluster says', () => {
    expect(codes({})).toEqual([]);
    const both = { ...answered, addresses: ['fd00::1', '10.43.0.1'] };
    expect(codes({ system: both, mode: 'all', domains: [] })).toEqual([]);
  });

  it.each<[string, Partial<NameFacts>]>([
    ['tunnel-down', { isUp: false, servers: [], system: null }],
    ['name-server-unset', { servers: [], system: null }],
    ['name-server-silent', { servers: [server(saying('silent'))] }],
    ['name-server-fails', { servers: [server(saying('refused'))] }],
    ['name-server-fails', { servers: [server(saying('failed'))] }],
    ['name-unknown', { servers: [server(saying('no-such-name'))] }],
    ['name-unknown', { servers: [server(saying('no-address'))] }],
    ['name-differs', { system: { ...answered, addresses: ['192.0.2.1'] } }],
  ])('finds %s', (code, parts) => {
    expect(codes(parts)).toEqual([code]);
  });

  it('takes one server of several for enough', () => {
    expect(codes({ servers: [server(saying('silent')), server({ server: '10.43.0.11' })] })).toEqual([]);
  });

  it('says why programs here are told nothing', () => {
    const system = saying('no-such-name');
    expect(codes({ system, mode: 'none', reason: 'another has them' })).toEqual([
      expect.stringContaining('because another has them'),
    ]);
    expect(codes({ system, domains: ['local'] })).toEqual([expect.stringContaining('something else here')]);
    expect(codes({ system, domains: ['10.in-addr.arpa'] })).toEqual([
      expect.stringContaining('cluster.local is none of the domains'),
    ]);
  });

  it('warns of a server that is asked past the tunnel, whatever it says', () => {
    const outside = server({ tunnel: null, peer: null });
    expect(codes({ servers: [outside] })).toEqual(['name-server-outside']);
    expect(codes({ servers: [{ ...outside, ...saying('silent') }] })).toEqual([
      'name-server-silent',
      'name-server-outside',
    ]);
  });
});
