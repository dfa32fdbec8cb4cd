// Compares what a program printed natively and in a guest.
import { describeEnd, type ProgramResult } from './resultStream.ts';

export type Verdict =
  | { readonly kind: 'passed' }
  /** The host cannot show the topic, and neither can the guest. */
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string; readonly details: readonly string[] };

/** The exit status of a program whose topic this system cannot show (EXIT_SKIP of conformance.h). */
const exitSkip = 77;

function isSkip(result: ProgramResult): boolean {
  return result.end?.kind === 'exited' && result.end.code === exitSkip;
}

/** What the program itself found wrong: a check that printed NO, an end other than exit(0). */
function ownComplaints(result: ProgramResult): string[] {
  const lines = result.stdout.split('\n').filter((line) => /^NO: |^set-up failed/.test(line));
  if (result.end?.kind !== 'exited' || result.end.code !== 0) lines.push(describeEnd(result.end));
  return lines;
}

function aside(result: ProgramResult): string[] {
  const stderr = result.stderr.split('\n').filter((line) => line !== '');
  return [...stderr.map((line) => `stderr: ${line}`), ...result.console.map((line) => `console: ${line}`)];
}

/** Without a native half only the program's own checks can tell. */
function judgeAlone(result: ProgramResult, side: string): Verdict {
  if (isSkip(result)) return { kind: 'skipped', why: result.stderr.trim() };
  if (result.end?.kind === 'lost' && result.stdout === '')
    return { kind: 'failed', why: result.end.why, details: aside(result) };
  const complaints = ownComplaints(result);
  if (complaints.length === 0) return { kind: 'passed' };
  return { kind: 'failed', why: `fails its own checks ${side}`, details: [...complaints, ...aside(result)] };
}

export function judgeNative(native: ProgramResult): Verdict {
  return judgeAlone(native, 'natively');
}

/** `native` is undefined where the program could not run natively. */
export function judge(native: ProgramResult | undefined, guest: ProgramResult): Verdict {
  if (native === undefined || isSkip(native)) return judgeAlone(guest, 'in the guest');
  const oracle = judgeNative(native);
  if (oracle.kind === 'failed') return oracle;
  if (guest.end?.kind === 'lost' && guest.stdout === '') return judgeAlone(guest, 'in the guest');
  const expected = [...native.stdout.split('\n'), describeEnd(native.end)];
  const actual = [...guest.stdout.split('\n'), describeEnd(guest.end)];
  const differences = diffLines(expected, actual);
  if (differences.length === 0) return { kind: 'passed' };
  return { kind: 'failed', why: describeEnd(guest.end), details: [...differences, ...aside(guest)] };
}

/** A line diff (longest common subsequence): `-` native only, `+` guest only; nothing when both are equal. */
export function diffLines(expected: readonly string[], actual: readonly string[]): string[] {
  const lengths = Array.from({ length: expected.length + 1 }, () => new Uint32Array(actual.length + 1));
  for (let e = expected.length - 1; e >= 0; e--)
    for (let a = actual.length - 1; a >= 0; a--)
      lengths[e][a] =
        expected[e] === actual[a] ? lengths[e + 1][a + 1] + 1 : Math.max(lengths[e + 1][a], lengths[e][a + 1]);
  const lines: string[] = [];
  let e = 0;
  let a = 0;
  while (e < expected.length || a < actual.length) {
    if (e < expected.length && a < actual.length && expected[e] === actual[a]) {
      e++;
      a++;
    } else if (a === actual.length || (e < expected.length && lengths[e + 1][a] >= lengths[e][a + 1])) {
      lines.push(`- ${expected[e++]}`);
    } else {
      lines.push(`+ ${actual[a++]}`);
    }
  }
  return lines;
}
