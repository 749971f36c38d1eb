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
export async function readExecCredential(
  printed: string,
  apiVersion: string,
): Promise<ExecCredential | string> {
  if (printed.trim() === '') return 'it printed nothing';
  const value = await valueIn(printed);
  if (value === undefined) return 'what it printed is no JSON';
  // As kubectl, which knows what it has asked for by the version alone.
  const isCredential =
    isObject(value) &&
    (value['kind'] === 'ExecCredential' || (value['kind'] === undefined && 'apiVersion' in value));
  if (!isCredential) return 'what it printed is no ExecCredential';
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

/** JSON, or an object in YAML, which kubectl takes too; undefined for anything else. */
async function valueIn(printed: string): Promise<unknown> {
  try {
    return JSON.parse(printed.replace(/^\u{feff}/u, '')) as unknown;
  } catch {
    const { parseYaml } = await import('../yaml.ts');
    try {
      const [value] = parseYaml(printed);
      return isObject(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
}

function textOf(fields: Fields, key: string): string | null {
  const text = fields.text(key);
  return text === '' ? null : text;
}
