import type { HelperHandlers, HelperVerb } from '../../../shared/contract/helper/verbs.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { Log } from '../system/log.ts';

/** The verbs that change something, each with what it is done to, as far as its question says. */
const changing = {
  up: ({ tunnel }: { tunnel: { interface: string } }): string => tunnel.interface,
  down: ({ interface: name }: { interface: string | null }): string => name ?? 'all',
  openUplink: ({ interface: name }: { interface: string }): string => name,
  recover: (): string => 'all',
} as const satisfies Partial<Record<HelperVerb, (params: never) => string>>;

type ChangingVerb = keyof typeof changing;

/**
 * The same handlers, which leave one line for each change that was asked for, done or refused: whose helper it is, which is who
 * asked, what, of which interface, and what came of it.
 */
export function audited<Caller>(
  handlers: HelperHandlers<Caller>,
  owner: number,
  log: Log,
): HelperHandlers<Caller> {
  const audit =
    <Params, Result>(verb: ChangingVerb, handle: (params: Params, caller: Caller) => Promise<Result>) =>
    async (params: Params, caller: Caller): Promise<Result> => {
      const facts = { uid: owner, verb, interface: changing[verb](params as never) };
      try {
        const result = await handle(params, caller);
        log('audit', { ...facts, outcome: 'done' });
        return result;
      } catch (error) {
        log('audit', { ...facts, outcome: faultOf(error).code });
        throw error;
      }
    };
  return {
    ...handlers,
    up: audit('up', handlers.up),
    down: audit('down', handlers.down),
    openUplink: audit('openUplink', handlers.openUplink),
    recover: audit('recover', handlers.recover),
  };
}
