import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askCompiler } from '../lib/askCompiler.testing.ts';
import * as layout from './layout.ts';

const header = join(import.meta.dirname, '../../native/layout.h');

/** How C spells a name of ours: `hostTid` is `host_tid`. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function members(prefix: string, table: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(table).map(([name, value]) => [`${prefix}_${snake(name).toUpperCase()}`, value]);
}

/** Fields by their offset in 32-bit words. */
function fields(struct: string, table: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(table).map(([name, word]) => [`offsetof(struct ${struct}, ${snake(name)})`, 4 * word]);
}

describe('layout.ts says what native/layout.h says of', () => {
  it.each<[string, [string, number][]]>([
    [
      'sizes and places',
      [
        ['TASK_SIZE', layout.TASK_SIZE],
        ['STUB_SLOTS', layout.SLOTS_ADDRESS],
        ['SLOT_SIZE', layout.SLOT_SIZE],
        ['MAX_SLOTS', layout.MAX_SLOTS],
        ['SLOTS_OFFSET + MAX_SLOTS * SLOT_SIZE', layout.RAM_OFFSET],
        ['CONTROL_SIZE', layout.CONTROL_SIZE],
        ['MAX_COMMANDS', layout.MAX_COMMANDS],
        ['sizeof(struct command)', 4 * layout.COMMAND_WORDS],
        ['REQUEST_RING', layout.REQUEST_RING],
        ['DEAD_RING', layout.DEAD_RING],
      ],
    ],
    ['slots', fields('slot', layout.slotWord)],
    ['states of a slot', members('SLOT', layout.slotState)],
    ['commands', members('COMMAND', layout.commandOp)],
    ['the control page', fields('control', layout.controlWord)],
    ['orders to the launcher', members('REQUEST', layout.requestOp)],
    ['doorbells', fields('doorbell', layout.doorbellWord)],
  ])('%s', (_what, pairs) => {
    const answers = askCompiler(
      `#include "${header}"`,
      pairs.map(([expression]) => expression),
    );
    expect(Object.fromEntries(pairs)).toEqual(Object.fromEntries(pairs.map(([name], index) => [name, answers[index]])));
  });
});

describe('structures fit where they lie', () => {
  it.each([
    ['a trap frame is one page', 'sizeof(struct slot) <= 4096'],
    ['a new process finds its filter behind the commands', 'sizeof(struct slot) <= FILTER_OFFSET'],
    ['the control page holds its rings', 'sizeof(struct control) <= CONTROL_SIZE'],
    ['one request is two words', 'sizeof(((struct control *)0)->requests[0]) == 8'],
    ['one death is two words', 'sizeof(((struct control *)0)->dead[0]) == 8'],
    ['all that the stub has lies below the end of what the host maps', 'STUB_END <= HOST_TOP'],
  ])('%s', (_what, condition) => {
    expect(askCompiler(`#include "${header}"`, [condition])).toEqual([1]);
  });
});
