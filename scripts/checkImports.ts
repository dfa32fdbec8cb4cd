// Checks the import directions of .dependency-cruiser.cjs, and that there was anything to check: with a compiler that it
// does not know, dependency-cruiser reads no module and is content.
import { existsSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const areas = ['engine', 'main', 'renderer', 'bin', 'e2e', 'scripts', 'native', 'assets'].filter((area) =>
  existsSync(area),
);

const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(areas, options, undefined, { tsConfig: extractTSConfig('tsconfig.json') });
const { modules, summary } = output as ICruiseResult;

const ours = modules.filter((module) => module.coreModule !== true && !module.source.includes('node_modules'));
const typescript = ours.filter((module) => /\.tsx?$/.test(module.source));
const rules = new Map((summary.ruleSetUsed?.forbidden ?? []).map((rule) => [rule.name, rule.comment]));

for (const violation of summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
  for (const step of violation.cycle ?? []) console.error(`    → ${step.name}`);
  const comment = rules.get(violation.rule.name);
  if (comment !== undefined) console.error(`    ${comment}`);
}
console.log(`imports: ${typescript.length} modules, ${summary.violations.length} violations`);
if (typescript.length === 0) console.error('imports: not one TypeScript module was read; the checker does not work');
process.exitCode = typescript.length === 0 || summary.violations.length > 0 ? 1 : 0;
