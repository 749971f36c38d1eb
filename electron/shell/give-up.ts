import { app, dialog } from 'electron';
import { faultOf } from '../../shared/fault.ts';

/** Says, on the screen where there is one and on stderr, what keeps the program from starting, and ends it with exit code 1. */
export function giveUp(error: unknown): void {
  const { code, message, hint, command } = faultOf(error);
  const lines = [hint, ...(command === undefined ? [] : [`$ ${command}`]), `(${code})`];
  process.stderr.write(`adit: ${[message, ...lines].join('\n  ')}\n`);
  if (app.isReady()) dialog.showErrorBox(message, lines.join('\n\n'));
  app.exit(1);
}
