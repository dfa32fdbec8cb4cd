// Runs every test: unit, conformance and desktop, and when root runs it, all that touches the host once more as an
// ordinary user. Its last line is `N passed, N failed`.
//
//   node scripts/tests/run.ts [--unprivileged] [SUITE…]
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countsOf, ownCounts, readReport, sentence, sum, type Counts } from './counts.ts';
import { suites, unprivilegedSuites, type Suite } from './suites.ts';

const wholeLimitMinutes = 50;
const deadline = performance.now() + wholeLimitMinutes * 60_000;

process.chdir(join(import.meta.dirname, '..', '..'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { unprivileged: { type: 'boolean', default: false } },
});

const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`there is no suite ${unknown.join(', ')}; there are ${suites.map((suite) => suite.name).join(', ')}`);
  process.exit(2);
}

/** Resolves to the exit code, or null when the suite was ended by a signal or by its limit. */
async function runCommand(suite: Suite): Promise<number | null> {
  const [program = '', ...args] = suite.command;
  const limitMs = Math.max(1, Math.min(suite.limitMinutes * 60_000, deadline - performance.now()));
  return await new Promise((resolve) => {
    // A process group of its own, so that the limit ends all of it.
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      env: { ...process.env, ...suite.environment },
    });
    const signalGroup = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended already.
      }
    };
    const passOn = (signal: NodeJS.Signals): void => {
      signalGroup(signal);
      process.exitCode = 130;
    };
    process.on('SIGINT', passOn);
    process.on('SIGTERM', passOn);
    const limit = setTimeout(() => {
      console.error(`${suite.name}: not done after ${(limitMs / 60_000).toFixed(0)} minutes, and ended`);
      signalGroup('SIGTERM');
      setTimeout(signalGroup, 10_000, 'SIGKILL').unref();
    }, limitMs);
    const end = (code: number | null): void => {
      clearTimeout(limit);
      process.off('SIGINT', passOn);
      process.off('SIGTERM', passOn);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(`${suite.name}: ${error.message}`);
      end(null);
    });
    child.on('close', end);
  });
}

const outcomes: { name: string; counts: Counts }[] = [];

async function run(suite: Suite): Promise<void> {
  rmSync(suite.report, { force: true });
  console.log(`\n== ${suite.name}`);
  const exitCode = await runCommand(suite);
  const counts = countsOf({ report: readReport(suite.report), read: suite.read, exitCode });
  outcomes.push({ name: suite.name, counts });
}

mkdirSync('test-results', { recursive: true });
const chosen = (all: readonly Suite[]): readonly Suite[] =>
  positionals.length === 0 ? all : all.filter((suite) => positionals.includes(suite.name));

for (const suite of chosen(values.unprivileged ? unprivilegedSuites : suites)) {
  await run(suite);
  if (process.exitCode !== undefined) process.exit();
}
if (process.getuid?.() === 0) {
  const again = chosen(unprivilegedSuites);
  await run({
    name: 'as an ordinary user',
    command: [
      'scripts/tests/asUser.sh',
      'node_modules/.bin/node',
      'scripts/tests/run.ts',
      '--unprivileged',
      ...again.map((suite) => suite.name),
    ],
    report: 'test-results/as-user/counts.json',
    read: ownCounts,
    limitMinutes: again.reduce((minutes, suite) => minutes + suite.limitMinutes, 2),
  });
}

const total = sum(outcomes.map(({ counts }) => counts));
writeFileSync('test-results/counts.json', `${JSON.stringify(total)}\n`);
console.log('');
for (const { name, counts } of outcomes) console.log(`${name}: ${sentence(counts)}`);
if (!values.unprivileged) console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
