import { expect, test } from 'vitest';
import { describeExit } from './describeExit.ts';

const STACK = `/app/engine.js:12
        throw new RangeError('frame 7 is not ours');
        ^

RangeError: frame 7 is not ours
    at Frames.take (/app/engine.js:12:9)

Node.js v24.15.0
`;

test.each([
  [0, '', 'ended by itself'],
  [9, '', 'was killed by SIGKILL'],
  [9, 'a warning of long ago\n', 'was killed by SIGKILL'],
  [11, '', 'was killed by SIGSEGV'],
  [1, STACK, 'failed: RangeError: frame 7 is not ours'],
  [6, STACK, 'failed: RangeError: frame 7 is not ours'],
  [77, '', 'ended with code 77'],
])('code %i', (code, lastWords, expected) => {
  expect(describeExit(code, lastWords)).toBe(expected);
});
