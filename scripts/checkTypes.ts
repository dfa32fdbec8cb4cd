// Checks the types of every area: each has its own tsconfig, so that for instance the kernel cannot see Node's types.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { globSync } from 'node:fs';

const projects = globSync('{.,assets,bin,e2e,engine,main,renderer}/{,*/}tsconfig*.json', {
  exclude: (path) => path.endsWith('node_modules'),
})
  .filter((path) => !path.endsWith('tsconfig.base.json'))
  .sort();

async function check(project: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const compiler = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project, '--pretty', 'false']);
    let output = '';
    compiler.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    compiler.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    compiler.on('close', (code) => {
      // TS18003: an area without a single source file is not an error.
      const passed = code === 0 || /^error TS18003/.test(output);
      process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${project}\n${passed ? '' : output}`);
      resolve(passed);
    });
  });
}

const queue = [...projects];
let failed = 0;
async function worker(): Promise<void> {
  for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
    if (!(await check(project))) failed++;
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
process.stdout.write(`types: ${String(projects.length)} projects, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
