// npm run bench [-- --quick] [-- --check] [-- --no-uml]: measures ours against its peers, in one run.
//
//   --quick    fewer rounds and shorter measurements
//   --check    compares with docs/benchmarks.json, fails when something has lost a third, and writes nothing
//   --no-uml   without Debian's user-mode-linux, though it is installed
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { countCompared, findLosses } from './compare.ts';
import { describeConditions, loadNow } from './conditions.ts';
import { NativePath } from './networkPath.ts';
import { formatMarkdown, formatTerminal } from './report.ts';
import type { Report } from './report.ts';
import { Results } from './Results.ts';
import { buildPrograms, findUml, runNative, runOurs, runProbe, runUml } from './workSides.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, check: { type: 'boolean' }, 'no-uml': { type: 'boolean' } },
});
const isQuick = options.quick === true;
const rounds = isQuick ? 3 : 7;
const milliseconds = isQuick ? 30 : 100;
const streamSeconds = isQuick ? 1 : 3;
const idleSeconds = isQuick ? 4 : 10;

const jsonFile = new URL('../../docs/benchmarks.json', import.meta.url);
const pageFile = new URL('../../docs/BENCHMARKS.md', import.meta.url);

const results = new Results();
let failures = 0;

/** What fails leaves its rows empty, and says so: the others are measured all the same. */
async function attempt(what: string, action: () => Promise<void>): Promise<void> {
  process.stderr.write(`${what}\n`);
  try {
    await action();
  } catch (error) {
    failures++;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`  failed: ${text}\n`);
    results.note(`${what}: failed (${text.split('\n', 1)[0]}).`);
  }
}

const loadBefore = loadNow();
buildPrograms();
const uml = options['no-uml'] === true ? null : findUml();
if (uml === null) {
  const why = options['no-uml'] === true ? 'was left out of this run' : 'is not installed here';
  results.note(`Debian's \`user-mode-linux\` ${why}, so its columns are missing.`);
}
const path = new NativePath();
if (path.kind === 'loopback') {
  results.note('Network namespaces could not be made here: the native network rows are over the loopback interface.');
}
try {
  for (let round = 1; round <= rounds; round++) {
    const of = `round ${round} of ${rounds}`;
    await attempt(`native work, ${of}`, () => runNative(milliseconds, results));
    await attempt(`our work, ${of}`, () => runOurs(milliseconds, results));
    if (uml !== null) {
      await attempt(`work on User-Mode Linux, ${of}`, () => runUml(uml, 'uml', milliseconds, results));
      await attempt(`work on User-Mode Linux on one core, ${of}`, () =>
        runUml(uml, 'umlPinned', milliseconds, results),
      );
    }
    await attempt(`boots, ${of}`, () => runProbe(['boots'], results));
    await attempt(`native network, ${of}`, () => path.measure(streamSeconds, results));
    await attempt(`our network, ${of}`, () => runProbe(['network', String(streamSeconds)], results));
  }
  await attempt('idle machines', () => runProbe(['idle', String(idleSeconds)], results));
} finally {
  path.dispose();
}

const report: Report = {
  conditions: describeConditions(loadBefore, rounds, milliseconds),
  rows: results.rows(),
  notes: results.notes,
};
process.stdout.write(formatTerminal(report));

if (options.check === true) {
  const { rows } = JSON.parse(readFileSync(jsonFile, 'utf8')) as Report;
  const losses = findLosses(rows, report.rows);
  const compared = countCompared(rows, report.rows);
  for (const loss of losses) process.stdout.write(`WORSE ${loss}\n`);
  process.stdout.write(
    `${compared} rows compared with docs/benchmarks.json, ${losses.length} worse by a third or more\n`,
  );
  if (losses.length > 0 || compared === 0) process.exitCode = 1;
} else {
  writeFileSync(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(pageFile, formatMarkdown(report));
}
if (failures > 0) {
  process.stdout.write(`${failures} measurements failed; they are named above\n`);
  process.exitCode = 1;
}
