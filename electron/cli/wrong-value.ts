import type { DiagnosticCode } from '../../shared/config/index.ts';
import { FaultError } from '../../shared/fault.ts';
import type { FaultCode } from '../../shared/fault.ts';

/** The fault of an option whose value is none. @param text what was given; empty where it may be a secret */
export function wrongValue(
  option: string,
  code: DiagnosticCode | FaultCode,
  text: string,
  problem: string,
  example: string,
): FaultError {
  const shown = text === '' ? 'what was given' : JSON.stringify(text.slice(0, 100));
  return new FaultError({
    code,
    message: `--${option}: ${shown} ${problem}.`,
    hint: `Give ${example}, for example.`,
  });
}
