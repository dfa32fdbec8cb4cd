import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeFormat } from './describe.ts';

const page = new URL('../../../docs/lab-format.md', import.meta.url);

test('docs/lab-format.md is what the format table says', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, describeFormat());
  expect(readFileSync(page, 'utf8')).toBe(describeFormat());
});
