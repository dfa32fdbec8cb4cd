// What guest-runner.c prints: frames, one a line, among whatever else appears on the console.

/** How a program ended. `lost`: the machine, or the runner, ended or stood still before it told. */
export type End =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'lost'; readonly why: string };

export interface ProgramResult {
  readonly path: string;
  stdout: string;
  stderr: string;
  /** Lines between this program's frames that are no frames: messages of the kernel and of the console. */
  console: string[];
  end: End | undefined;
}

const framePattern = /@@umlaut (begin|stdout|stderr|end|done)(?: (.*))?$/;
const consoleLinesKept = 40;

export function describeEnd(end: End | undefined): string {
  switch (end?.kind) {
    case 'exited':
      return `exited ${String(end.code)}`;
    case 'killed':
      return `killed by signal ${String(end.signal)}`;
    case 'timeout':
      return 'still running at its time limit';
    case 'lost':
      return end.why;
    case undefined:
      return 'no result';
  }
}

/** Undoes the escapes of guest-runner: `\n`, `\\` and `\xNN`. */
export function unescape(text: string): string {
  return text.replace(/\\(n|\\|x([0-9a-f]{2}))/g, (_, code: string, hex: string | undefined) =>
    hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : code === 'n' ? '\n' : '\\',
  );
}

function parseEnd(text: string): End {
  const [kind, number] = text.split(' ');
  if (kind === 'exited') return { kind, code: Number(number) };
  if (kind === 'killed') return { kind, signal: Number(number) };
  return { kind: 'timeout' };
}

/** Takes the stream in pieces of any size. Results appear in the order in which the programs began. */
export class ResultStream {
  readonly results: ProgramResult[] = [];
  /** The runner has said that it ran all of its programs. */
  done = false;
  #rest = '';

  feed(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    // A console in its usual mode sends carriage returns before newlines.
    for (const line of lines) this.#takeLine(line.replace(/\r+$/, ''));
  }

  /** The program that has begun and not ended. */
  get current(): ProgramResult | undefined {
    const last = this.results.at(-1);
    return last?.end === undefined ? last : undefined;
  }

  #takeLine(line: string): void {
    // A message of the kernel may stand before a frame on its line, when it did not end with a newline.
    const frame = framePattern.exec(line);
    const current = this.results.at(-1);
    if (frame === null) {
      if (current === undefined || line === '') return;
      current.console.push(line);
      if (current.console.length > consoleLinesKept) current.console.shift();
      return;
    }
    const [, kind, text = ''] = frame;
    if (kind === 'begin') {
      this.results.push({ path: text, stdout: '', stderr: '', console: [], end: undefined });
    } else if (kind === 'done') {
      this.done = true;
    } else if (current !== undefined) {
      if (kind === 'stdout') current.stdout += unescape(text);
      else if (kind === 'stderr') current.stderr += unescape(text);
      else current.end = parseEnd(text);
    }
  }
}
