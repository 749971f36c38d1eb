/** One line for each thing worth knowing later, on standard error: `EVENT key=value ...`. Never a key or a password. */
export type Log = (event: string, facts?: Readonly<Record<string, string | number | boolean>>) => void;

/** Logs to standard error, with the time in front. */
export const logToStderr: Log = (event, facts = {}) => {
  const words = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  process.stderr.write(`${[new Date().toISOString(), event, ...words].join(' ')}\n`);
};
