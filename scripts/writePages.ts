// Writes the pages of docs/ that are made from tables: npm run docs
import { writeFileSync } from 'node:fs';
import { describeFormat } from '../engine/api/lab/describe.ts';
import { describeCalls } from '../engine/syscall/describeCalls.ts';

const pages = { 'lab-format.md': describeFormat, 'SYSCALLS.md': describeCalls };
for (const [name, describe] of Object.entries(pages)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), describe());
}
