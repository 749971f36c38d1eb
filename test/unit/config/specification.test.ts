import { describe, expect, it } from 'vitest';
import { diagnose, parse } from '../../../shared/config/index.ts';
import { rows } from './specification-rows.ts';

describe('every row of the specification', () => {
  it.each(rows)('$name: $verdict', ({ text, verdict, code }) => {
    const diagnostics = diagnose(parse(text));
    const judges = diagnostics.filter(({ severity }) => severity === 'error').map(({ judge }) => judge);
    expect(judges.includes('strip')).toBe(verdict === 'refused by strip');
    expect(judges.includes('wg')).toBe(verdict === 'refused by wg');
    if (code !== undefined) expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });
});
