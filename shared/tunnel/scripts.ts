/** The keys of a .conf by which wg-quick runs commands, in the order in which a tunnel comes to them. */
export const scriptKeys = ['PreUp', 'PostUp', 'PreDown', 'PostDown'] as const;

/** One of {@link scriptKeys}. */
export type ScriptKey = (typeof scriptKeys)[number];

/** The commands of each key: lines for bash, in the file's order, `%i` not yet replaced. */
export type TunnelScripts = Readonly<Record<ScriptKey, readonly string[]>>;

/** A key of a .conf that may be left out: it would have something run, or the file rewritten. */
export type RefusedKey = ScriptKey | 'SaveConfig';

/** What one tunnel may want run. */
export const scriptLimits = {
  /** Commands of one key. */
  commands: 32,
  /** Characters of a command. */
  characters: 4096,
  /** Seconds until a command is ended. */
  seconds: 60,
} as const;

/** Nothing to run. */
export const noScripts: TunnelScripts = { PreUp: [], PostUp: [], PreDown: [], PostDown: [] };

/** The keys that have commands. */
export function keysWithCommands(scripts: TunnelScripts): ScriptKey[] {
  return scriptKeys.filter((key) => scripts[key].length > 0);
}

/** Seconds that all commands together may take. */
export function longestRun(scripts: TunnelScripts): number {
  return scriptKeys.reduce((sum, key) => sum + scripts[key].length, 0) * scriptLimits.seconds;
}
