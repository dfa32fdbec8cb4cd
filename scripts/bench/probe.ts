// Measures whole machines of ours in a process of its own, so that each measurement finds a fresh engine, and prints what
// it found as one line of JSON: node probe.ts boots | network SECONDS | idle SECONDS
import { measureBoots, measureIdle } from './machines.ts';
import { measureOurPath } from './networkPath.ts';
import { Results } from './Results.ts';

const [what = 'nothing', seconds] = process.argv.slice(2);
const results = new Results();
if (what === 'boots') await measureBoots(results);
else if (what === 'network') await measureOurPath(Number(seconds), results);
else if (what === 'idle') await measureIdle(Number(seconds), results);
else throw new Error(`probe.ts knows nothing of ${what}`);
process.stdout.write(`${JSON.stringify(results.measurements)}\n`, () => process.exit(0));
