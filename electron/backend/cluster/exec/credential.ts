import { Fields, isObject } from '../../../../shared/cluster/objects/fields.ts';

/** What an exec plugin has answered: who the user is to the API server. */
export interface ExecCredential {
  readonly token: string | null;
  /** In PEM; both or none. */
  readonly certificate: { readonly certificate: string; readonly key: string } | null;
  /** When it is of no use any more; Unix milliseconds. Null for as long as this program runs. */
  readonly expires: number | null;
}

/** Forms of the answer that are understood. */
export const execVersions = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
] as const;

/**
 * Reads what an exec plugin has printed.
 *
 * @param apiVersion the form that it was asked for
 * @returns a text says what is wrong with it, without a full stop
 * @see client-go plugin/pkg/client/auth/exec/exec.go refreshCredsLocked
 */
export function readExecCredential(printed: string, apiVersion: string): ExecCredential | string {
  let value: unknown;
  try {
    value = JSON.parse(printed);
  } catch {
    return printed.trim() === '' ? 'it printed nothing' : 'what it printed is no JSON';
  }
  if (!isObject(value) || value['kind'] !== 'ExecCredential') return 'what it printed is no ExecCredential';
  if (value['apiVersion'] !== apiVersion)
    return `it answered in the form ${JSON.stringify(value['apiVersion'])} where ${apiVersion} was asked for`;
  const problems: string[] = [];
  const status = new Fields(value, 'ExecCredential', (path, wanted) =>
    problems.push(`${path} should be ${wanted}`),
  ).object('status');
  const token = textOf(status, 'token');
  const certificate = textOf(status, 'clientCertificateData');
  const key = textOf(status, 'clientKeyData');
  const expiration = textOf(status, 'expirationTimestamp');
  const expires = expiration === null ? null : Date.parse(expiration);
  if (expires !== null && Number.isNaN(expires)) problems.push('expirationTimestamp is no time');
  if (token === null && certificate === null) problems.push('it has neither a token nor a certificate');
  if ((certificate === null) !== (key === null))
    problems.push('it has only one of a certificate and its key');
  const [problem] = problems;
  if (problem !== undefined) return problem;
  return {
    token,
    certificate: certificate === null || key === null ? null : { certificate, key },
    expires,
  };
}

function textOf(fields: Fields, key: string): string | null {
  const text = fields.text(key);
  return text === '' ? null : text;
}
