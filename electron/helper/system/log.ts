/** One line for each thing worth knowing later, on standard error: `EVENT key=value ...`. Never a key or a password. */
export type Log = (event: string, facts?: Readonly<Record<string, string | number | boolean>>) => void;

/** Logs to standard error, with the time in front. */
export const logToStderr: Log = (event, facts = {}) => {
  const words = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  process.stderr.write(`${withoutKeys([new Date().toISOString(), event, ...words].join(' '))}\n`);
};

/**
 * A text without anything that has the shape of a key, in base64 or hexadecimal: what other programs complain of may hold one. Public
 * keys look no different and go too.
 */
export function withoutKeys(text: string): string {
  return text
    .replace(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}[A-Za-z0-9+/=]=/g, '(key)')
    .replace(/\b[0-9a-fA-F]{64}\b/g, '(key)');
}
