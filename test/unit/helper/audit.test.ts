import { describe, expect, it } from 'vitest';
import { audited } from '../../../electron/helper/server/audit.ts';
import { withoutKeys } from '../../../electron/helper/system/log.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { HelperVerb } from '../../../shared/contract/helper/verbs.ts';
import { keys, tunnelOf } from '../contract/tunnels.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { handlersWith } from './clients.ts';

type Line = readonly [event: string, facts: unknown];

async function linesOf(verb: HelperVerb, question: unknown): Promise<Line[]> {
  const lines: Line[] = [];
  const handlers = audited(
    handlersWith({
      up: () => Promise.resolve(tunnelStatus()),
      down: () => Promise.reject(new FaultError({ code: 'tunnel-not-up', message: 'No.', hint: 'No.' })),
    }),
    1000,
    (event, facts) => lines.push([event, facts]),
  );
  await (handlers[verb] as (params: unknown, caller: unknown) => Promise<unknown>)(question, {
    introduce: () => undefined,
  }).catch(() => undefined);
  return lines;
}

describe('the audit', () => {
  it('has one line for each change: who, what, of which interface, and the outcome', async () => {
    const question = { tunnel: tunnelOf(), wait: null, accept: [], subtract: false };
    expect(await linesOf('up', question)).toEqual([
      ['audit', { uid: 1000, verb: 'up', interface: 'home', outcome: 'done' }],
    ]);
    expect(await linesOf('down', { interface: 'office' })).toEqual([
      ['audit', { uid: 1000, verb: 'down', interface: 'office', outcome: 'tunnel-not-up' }],
    ]);
    expect(await linesOf('recover', {})).toEqual([
      ['audit', { uid: 1000, verb: 'recover', interface: 'all', outcome: 'done' }],
    ]);
  });

  it.each(['hello', 'status', 'watch', 'plan', 'explain'] as const)(
    'has none for %s, which changes nothing',
    async (verb) => {
      expect(await linesOf(verb, {})).toEqual([]);
    },
  );
});

describe('a line of the log', () => {
  it('holds nothing that has the shape of a key', () => {
    const hex = Buffer.from(keys.private, 'base64').toString('hex');
    expect(withoutKeys(`wg: Key is not the correct length or format: \`${keys.private}'`)).toBe(
      "wg: Key is not the correct length or format: `(key)'",
    );
    expect(withoutKeys(`preshared_key=${hex} public_key=${hex.toUpperCase()}`)).toBe(
      'preshared_key=(key) public_key=(key)',
    );
    expect(withoutKeys(`{"a":"${keys.private}","b":"${keys.preshared}"}`)).toBe('{"a":"(key)","b":"(key)"}');
  });

  it('keeps everything else', () => {
    for (const text of ['way-changed interface="home"', '/run/adit/1000/net-4026531840', 'a'.repeat(80)])
      expect(withoutKeys(text)).toBe(text);
  });
});
