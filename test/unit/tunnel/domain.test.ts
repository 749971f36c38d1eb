import { describe, expect, it } from 'vitest';
import { isSearchDomain, readDomain } from '../../../shared/tunnel/domain.ts';

describe('a domain', () => {
  it.each([
    ['Cluster.LOCAL', 'cluster.local'],
    ['~cluster.local', 'cluster.local'],
    ['_tcp.example.', '_tcp.example'],
    ['.corp', 'corp'],
    ['ok-', 'ok-'],
    ['', null],
    ['~.', null],
    ['a b', null],
  ])('%s is %s', (text, domain) => expect(readDomain(text)).toBe(domain));

  it.each(['--help', '-x', '~--help', '.-x', 'corp.-x', '-', '--'])(
    '%s, which a program would take for an option, is none',
    (text) => {
      expect([readDomain(text), isSearchDomain(text)]).toEqual([null, false]);
    },
  );
});
