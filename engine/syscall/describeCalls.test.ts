import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeCalls } from './describeCalls.ts';

test('docs/SYSCALLS.md is what the table says; npm run docs writes it', () => {
  expect(readFileSync(new URL('../../docs/SYSCALLS.md', import.meta.url), 'utf8')).toBe(describeCalls());
});
