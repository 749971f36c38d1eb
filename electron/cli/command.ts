import type { Places } from '../backend/environment.ts';

/** A word that a command line may hold beside its operands. */
export interface Option {
  /** `flag` is there or not, `value` has a value, `optional` may have one behind an equals sign. */
  readonly kind: 'flag' | 'value' | 'optional';
  readonly summary: string;
  /** What stands for the value in the help. */
  readonly placeholder?: string;
  /** One letter that stands for it behind a single dash. */
  readonly short?: string;
  /** May be given several times. */
  readonly repeats?: boolean;
}

/** What was given on a command line. */
export interface Given {
  readonly operands: readonly string[];
  /** The last value of each option that was given; the empty text for a flag or an omitted value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** What a command has to say: once as a value, and once in words. */
export interface Answer {
  readonly json: unknown;
  /** Without the last line end; empty says nothing. */
  readonly text: string;
  /** The text is a file's: it is printed as it is, with whatever end it has. */
  readonly verbatim?: boolean;
  /** The bytes of files, printed in place of the text. */
  readonly bytes?: Uint8Array;
  /** Said on stderr as well, a line each; the JSON has to hold them in its own way. */
  readonly remarks?: readonly string[];
  /** 0 unless said. */
  readonly exitCode?: number;
}

/** What a command works with. */
export interface CommandContext {
  readonly places: Places;
  readonly given: Given;
  /** Whether the answer is wanted as JSON. */
  readonly json: boolean;
  /** Whether what is printed goes to a terminal. */
  readonly isTerminal: boolean;
  /** Says something at once; for commands that go on. */
  readonly say: (answer: Answer) => void;
  /** Calls `listener` when the command is to end. */
  readonly onInterrupt: (listener: () => void) => void;
}

/** A command of `adit`. */
export interface Command {
  readonly name: string;
  /** The operands, as the help shows them. */
  readonly operands: string;
  /** How many operands there may be. */
  readonly arity: { readonly least: number; readonly most: number };
  readonly summary: string;
  /** More for its own help; a line each. */
  readonly details?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /**
   * Does it, and gives what there is to say at the end; null where everything has been said.
   *
   * @throws FaultError
   */
  run(context: CommandContext): Promise<Answer | null>;
}

/** Whether an option was given. */
export function has({ options }: Given, name: string): boolean {
  return options.has(name);
}

/** The last value of an option, or undefined where it was not given. */
export function valueOf({ options }: Given, name: string): string | undefined {
  return options.get(name)?.at(-1);
}

/** What the values of an option list, parted by commas or blanks, or by giving it several times. */
export function listOf({ options }: Given, name: string): string[] {
  return (options.get(name) ?? []).flatMap((value) => value.split(/[\s,]+/)).filter((item) => item !== '');
}

/** The operand at a place that the command's arity promises. */
export function operandAt({ operands }: Given, index: number): string {
  const operand = operands[index];
  if (operand === undefined) throw new RangeError(`no operand ${index}`);
  return operand;
}
