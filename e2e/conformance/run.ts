// Runs the conformance programs natively and in a guest and compares what they print.
//
//   node e2e/conformance/run.ts [--native-only] [--repeat N] [--trap MODE] [--mem SIZE] [--boot-option WORD]… [FILTER…]
//
// A FILTER is a part of a program's path: `signal/`, `static/file/rename`. Its last line is `N passed, N failed`.
import { parseArgs } from 'node:util';
import { judge, judgeNative, type Verdict } from './comparison.ts';
import { runPrograms } from './execution.ts';
import { findPrograms, type Program } from './programs.ts';
import { buildPrograms, guestSide, nativeSide, sourceDirectory } from './sides.ts';
import type { ProgramResult } from './resultStream.ts';

const usage = `usage: run.ts [--native-only] [--repeat N] [--trap MODE] [--mem SIZE] [--boot-option WORD]... [FILTER...]
  --native-only       only on this host: do the programs agree with their own checks?
  --repeat N          natively N times, and all times must print the same
  --trap MODE         passed on to the machine
  --mem SIZE          the machine's memory (512M)
  --boot-option WORD  any other word for the machine's command line; may be repeated
  FILTER              a part of a program's path: signal/, static/file/rename`;

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'native-only': { type: 'boolean', default: false },
        repeat: { type: 'string', default: '1' },
        trap: { type: 'string' },
        mem: { type: 'string', default: '512M' },
        'boot-option': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

const { values, positionals } = parseCommandLine();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const repeats = Number(values.repeat);
if (!Number.isInteger(repeats) || repeats < 1) {
  console.error(`--repeat takes a number of times, not '${values.repeat}'`);
  process.exit(2);
}

buildPrograms();
const matches = (program: Program): boolean => positionals.some((filter) => program.path.includes(filter));
const chosen = findPrograms(sourceDirectory).filter((program) => positionals.length === 0 || matches(program));
if (chosen.length === 0) {
  console.error(`no program matches ${positionals.join(' ')}`);
  process.exit(2);
}
const isRoot = process.getuid?.() === 0;
const native = chosen.filter((program) => isRoot || !program.needsRoot);

function sentence(verdict: Verdict): string {
  if (verdict.kind === 'passed') return 'ok';
  return verdict.kind === 'skipped' ? `skipped: ${verdict.why}` : `FAILED: ${verdict.why}`;
}

const counts = { passed: 0, failed: 0, skipped: 0 };

function report(path: string, verdict: Verdict): void {
  counts[verdict.kind]++;
  console.log(`${path.padEnd(58)} ${sentence(verdict)}`);
  if (verdict.kind === 'failed') for (const line of verdict.details) console.log(`    ${line}`);
}

/** The first repetition that printed something else than the first run did. */
function judgeRepeated(runs: readonly Map<string, ProgramResult>[], program: Program): Verdict {
  const [first, ...others] = runs.map((run) => run.get(program.path));
  if (first === undefined) return { kind: 'skipped', why: 'needs root' };
  for (const other of others) {
    const verdict = other === undefined ? undefined : judge(first, other);
    if (verdict?.kind === 'failed') return { ...verdict, why: `differs from run to run, ${verdict.why}` };
  }
  return judgeNative(first);
}

if (values['native-only']) {
  const runs: Map<string, ProgramResult>[] = [];
  for (let turn = 0; turn < repeats; turn++) runs.push(await runPrograms(nativeSide, native));
  for (const program of chosen) report(program.path, judgeRepeated(runs, program));
} else {
  const trap = values.trap === undefined ? [] : ['--trap', values.trap];
  const guest = guestSide(['--mem', values.mem, ...trap, ...values['boot-option']]);
  const [nativeResults, guestResults] = await Promise.all([
    runPrograms(nativeSide, native),
    runPrograms(guest, chosen),
  ]);
  for (const program of chosen) {
    const inGuest = guestResults.get(program.path);
    if (inGuest !== undefined) report(program.path, judge(nativeResults.get(program.path), inGuest));
  }
}
if (counts.skipped > 0) console.log(`${String(counts.skipped)} skipped`);
console.log(`${String(counts.passed)} passed, ${String(counts.failed)} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
