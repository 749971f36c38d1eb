import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatYaml, parseYaml } from '../../../electron/backend/cluster/yaml.ts';

describe('YAML for kubectl', () => {
  it.each(['1.1', '1.2'] as const)('says the same to a reader of version %s', (version) => {
    // Names that Kubernetes takes for objects, and texts of annotations.
    const names = [
      'no',
      'y',
      'n',
      'off',
      'on',
      'yes',
      'true',
      'null',
      '123',
      '1e3',
      '0777',
      '0b11',
      '2024-01-01',
    ];
    const value = { names, ranges: ['1:30', '1_000', '10.5.0.1/32', 'fd00::1/128'], no: 'yes' };
    expect(parse(formatYaml(value), { version })).toEqual(value);
  });

  it('takes in what kubectl does: "<<", and a key that is there twice', () => {
    expect(parseYaml('a: &a {b: 1}\nc: {<<: *a, d: 2}\na: 3\n')).toEqual([{ a: 3, c: { b: 1, d: 2 } }]);
  });
});
