/** What the command line understands, as tables: parser, usage text and completion come from the same ones. */

/** A wrong argument; the message is a sentence that says what is wrong and what to do. */
export class UsageError extends Error {
  /** Where in a file, as compilers tell it: a line each, before the sentence. */
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = []) {
    super(message);
    this.name = 'UsageError';
    this.problems = problems;
  }
}

interface OptionBase {
  readonly help: string;
}

export interface FlagOption extends OptionBase {
  readonly kind: 'flag';
}

export interface ValueOption<Value> extends OptionBase {
  readonly kind: 'value';
  /** `DIR|IMAGE`, as the usage line shows it. */
  readonly placeholder: string;
  /** Throws a `UsageError`. */
  readonly read: (text: string) => Value;
  readonly completes: Completion;
}

/** May be given more than once. */
export interface ListOption<Value> extends OptionBase {
  readonly kind: 'list';
  readonly placeholder: string;
  readonly read: (text: string) => Value;
  readonly completes: Completion;
}

/** What a shell offers for a word. */
export type Completion = 'files' | 'directories' | 'nothing' | readonly string[];

export type Option = FlagOption | ValueOption<unknown> | ListOption<unknown>;
/** By name, without the hyphens. */
export type OptionTable = Readonly<Record<string, Option>>;

export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends ListOption<infer Value>
    ? readonly Value[]
    : Table[Name] extends ValueOption<infer Value>
      ? Value | undefined
      : boolean;
};

export interface Operand {
  /** `LAB` */
  readonly name: string;
  readonly help: string;
  readonly completes: Completion;
}

export interface ParsedArguments<Table extends OptionTable> {
  readonly options: OptionValues<Table>;
  /** One for each operand of the command. */
  readonly operands: readonly string[];
  /** What stands after `--`; empty when nothing does. */
  readonly guestCommand: readonly string[];
}

export interface CommandSyntax<Table extends OptionTable = OptionTable> {
  readonly name: string;
  /** A line in the list of commands. */
  readonly summary: string;
  /** Paragraphs of the help page. */
  readonly description: readonly string[];
  readonly operands: readonly Operand[];
  /** Whether `-- CMD ARG…` may follow, or must. */
  readonly guestCommand: 'none' | 'optional' | 'required';
  readonly options: Table;
  readonly examples: readonly string[];
}

export interface Command extends CommandSyntax {
  /** Does what was asked for; the exit code of the process. */
  run(given: ParsedArguments<OptionTable>): Promise<number>;
}

/** A command whose `run` gets the values of its own options. */
export function defineCommand<const Table extends OptionTable>(
  syntax: CommandSyntax<Table>,
  run: (given: ParsedArguments<Table>) => Promise<number>,
): Command {
  // The parser fills in exactly the options of the table that it was given.
  return { ...syntax, run: (given) => run(given as ParsedArguments<Table>) };
}
