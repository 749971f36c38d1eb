import { createJSONRPCErrorResponse, JSONRPCServer } from 'json-rpc-2.0';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import { faultErrorCode, helperProtocol, helperVerbs } from '../../../shared/contract/helper/verbs.ts';
import type { HelperHandlers, HelperVerb } from '../../../shared/contract/helper/verbs.ts';
import { version } from '../../../shared/version.ts';
import type { Log } from '../system/log.ts';
import type { Supervisor } from '../tunnels/supervisor.ts';
import { Questions } from './questions.ts';
import type { Session } from './session.ts';

/** What each verb of the contract does. */
export function handlersOf(supervisor: Supervisor, owner: number): HelperHandlers<Session> {
  return {
    hello: (_, session) => {
      session.introduce();
      return Promise.resolve({ protocol: helperProtocol, version, owner, pid: process.pid });
    },
    up: ({ tunnel, wait, ...decisions }) => supervisor.up(tunnel, wait, decisions),
    plan: ({ tunnel }) => supervisor.plan(tunnel),
    explain: ({ destination, mark }) => supervisor.explain(destination, mark),
    down: ({ interface: name }) => supervisor.down(name),
    openUplink: ({ interface: name, minutes }) => supervisor.openUplink(name, minutes),
    status: () => supervisor.status(),
    watch: (_, session) => {
      session.watching(supervisor.watch((change) => session.notify(change)));
      return supervisor.status();
    },
    recover: () => supervisor.recover(),
  };
}

/**
 * The contract as JSON-RPC: every question is checked before its handler sees it, and a fault travels whole, in the data of
 * the error.
 */
export function rpcServer(handlers: HelperHandlers<Session>, log: Log): JSONRPCServer<Session> {
  const server = new JSONRPCServer<Session>({ errorListener: () => undefined });
  const questions = new Questions();
  for (const verb of Object.keys(helperVerbs) as HelperVerb[]) {
    server.addMethod(verb, (params: unknown, session) =>
      questions.pass(verb, session.questions, () => answer(verb, params, session, handlers)),
    );
  }
  server.mapErrorToJSONRPCErrorResponse = (id, error: unknown) => {
    const fault = faultOf(error);
    if (fault.code === 'internal-error') log('internal-error', { reason: fault.message });
    return createJSONRPCErrorResponse(id, faultErrorCode, fault.message, fault);
  };
  return server;
}

async function answer(
  verb: HelperVerb,
  params: unknown,
  session: Session,
  handlers: HelperHandlers<Session>,
): Promise<unknown> {
  // Nobody waits for the answer any more.
  if (session.isGone) return null;
  if (!session.isIntroduced && verb !== 'hello') throw invalid(verb, 'it came before hello');
  const question = helperVerbs[verb].params.safeParse(params);
  if (!question.success) {
    const [issue] = question.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? 'the question' : issue.path.join('.');
    throw invalid(verb, `${place}: ${issue?.message ?? 'not as the contract has it'}`);
  }
  return handlers[verb](question.data as never, session);
}

function invalid(verb: HelperVerb, reason: string): FaultError {
  return new FaultError({
    code: 'request-invalid',
    message: `The helper refused "${verb}": ${reason}.`,
    hint: 'Nothing was changed. The program that asked and the helper may be of different versions.',
  });
}
