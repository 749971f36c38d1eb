import { isObject } from '../../../../shared/cluster/objects/fields.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { printable } from '../exec/plugin.ts';
import type { ApiAnswer } from './client.ts';

/** What an API server says where it does not do what it is asked. @see meta/v1 Status */
export interface ApiStatus {
  readonly reason: string;
  readonly message: string;
}

/** The Status in an answer; null for an answer that has none. */
export function statusIn({ value }: ApiAnswer): ApiStatus | null {
  if (!isObject(value) || value['kind'] !== 'Status') return null;
  const { reason, message } = value;
  return {
    reason: typeof reason === 'string' ? reason : '',
    message: typeof message === 'string' ? message : '',
  };
}

/** Whether an answer says that there is no such list: by a Status, or by the plain words of a server that has no such API. */
export function isAbsent(answer: ApiAnswer): boolean {
  return (
    answer.status === 404 && (statusIn(answer) !== null || /^404 page not found\s*$/.test(answer.sample))
  );
}

/** The fault in an answer that is not what was asked for. @param what `the nodes` */
export function refusal(origin: string, what: string, answer: ApiAnswer): FaultError {
  const status = statusIn(answer);
  if (answer.status === 403 && status !== null) return forbidden(what, status);
  if (status !== null) {
    return new FaultError({
      code: 'api-refused',
      message: `${origin} does not tell ${what} (${answer.status}): ${sentence(status.message)}`,
      hint: 'Try again in a moment; if it stays so, whoever runs the cluster has to look at its API server.',
    });
  }
  return foreign(origin, what, answer);
}

/** The fault in an answer that is no API server's. */
export function foreign(origin: string, what: string, { status, sample, value }: ApiAnswer): FaultError {
  const title = /<title>\s*([^<]*?)\s*<\/title>/i.exec(sample)?.[1] ?? '';
  const isPage = /^\s*(<!doctype|<html|<head|<body)/i.test(sample);
  const format = /^\s*[{[]/.test(sample) ? 'JSON' : sample.startsWith('k8s\0') ? 'protobuf' : null;
  const cut = value === undefined && format !== null;
  const found = isPage
    ? `a web page${title === '' ? '' : `, “${printable(title.slice(0, 100))}”`}`
    : cut
      ? `${format} that ends too early`
      : JSON.stringify(sample.trim().slice(0, 100));
  return new FaultError({
    code: cut ? 'api-answer-broken' : 'api-answer-foreign',
    message: `${origin} was asked for ${what} and answered (${status}) with ${found}.`,
    hint: cut
      ? 'Try again. A proxy on the way may cut long answers off.'
      : 'Something in between wants a login or has an error, or the kubeconfig’s server is no API server of Kubernetes.',
  });
}

function forbidden(what: string, { message }: ApiStatus): FaultError {
  return new FaultError({
    code: 'api-forbidden',
    message: `You may not read ${what}: ${sentence(message)}`,
    hint: 'The built-in roles (view, edit, admin) allow no nodes. Ask whoever runs the cluster for the role adit-reader; or for the files that kubectl saves: --nodes nodes.json.',
    command: 'adit cluster manifest --rbac',
  });
}

/** What a server says, as a sentence that may stand on a terminal. */
export function sentence(message: string): string {
  const text = printable(message.replace(/\s+/g, ' ').trim().slice(0, 500));
  return text === '' ? 'it does not say why.' : /[.!?]$/.test(text) ? text : `${text}.`;
}
