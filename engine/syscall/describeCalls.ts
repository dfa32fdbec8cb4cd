/** `docs/SYSCALLS.md`, from the table that the dispatcher works with. */
import { syscallNumbers } from '../abi/syscallNumbers.ts';
import { syscallTable } from './table.ts';

function row(name: string, number: number): string {
  const entry = syscallTable[number];
  if (entry === undefined) return `| ${number} | \`${name}\` | absent | |`;
  return entry.partial === undefined
    ? `| ${number} | \`${name}\` | full | |`
    : `| ${number} | \`${name}\` | partial | ${entry.partial.replaceAll('|', '\\|')} |`;
}

export function describeCalls(): string {
  const calls = Object.entries(syscallNumbers).sort(([, a], [, b]) => a - b);
  const entries = calls.map(([, number]) => syscallTable[number]);
  const there = entries.filter((entry) => entry !== undefined);
  const partial = there.filter((entry) => entry.partial !== undefined).length;
  return `# System calls

Written by \`npm run docs\` from the table that serves the calls (\`engine/syscall/table.ts\`); do not edit.

Of the ${calls.length} system calls of x86-64 Linux, ${there.length - partial} are there in full, ${partial} in part, and ${calls.length - there.length} are absent: those
answer \`ENOSYS\`. In full means: as far as programs can tell, and apart from what the flags of a call refer to when that is
itself absent. 32-bit entry (\`int 0x80\`) and the x32 numbers are not served.

| number | call | state | what is missing |
| -----: | ---- | ----- | --------------- |
${calls.map(([name, number]) => row(name, number)).join('\n')}
`;
}
