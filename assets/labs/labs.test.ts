import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLab } from '../../engine/api/lab/parse.ts';

const labs = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('sample labs', () => {
  test('are there', () => {
    expect(labs).toEqual(expect.arrayContaining(['router', 'two-hosts']));
  });

  test.each(labs)('%s has no mistakes, and every machine is linked', (name) => {
    const parsed = parseLab(readFileSync(join(import.meta.dirname, name, 'lab.yaml'), 'utf8'), 'lab.yaml');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const ends = parsed.lab.links.flatMap(({ a, b }) => [a, b]);
    for (const machine of parsed.lab.machines) {
      for (const { name: port } of machine.interfaces) expect(ends).toContainEqual({ node: machine.name, port });
    }
  });
});
