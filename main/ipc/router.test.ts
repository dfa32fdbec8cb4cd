import { expect, test } from 'vitest';
import { EMPTY_LAB } from '../../engine/api/lab/model.ts';
import type { RequestHandlers } from './router.ts';
import { answerRequest } from './router.ts';

const asked: unknown[] = [];
const handlers = {
  'app.setTheme': (parameters: unknown) => void asked.push(parameters),
  'lab.edited': (parameters: unknown) => void asked.push(parameters),
  'lab.recent': () => {
    throw new Error('The list is on fire.');
  },
} as unknown as RequestHandlers;

test.each([
  ['an unknown request', 'app.explode', undefined, 'asked for something that does not exist'],
  ['a request that is no text', { toString: 'app.setTheme' }, undefined, 'asked for something that does not exist'],
  ['a property of every object', 'constructor', undefined, 'asked for something that does not exist'],
  ['a wrong value', 'app.setTheme', { theme: 'pink' }, 'app.setTheme was refused'],
  ['a key too many', 'app.setTheme', { theme: 'dark', now: true }, 'app.setTheme was refused'],
  ['nothing where something is due', 'app.setTheme', undefined, 'app.setTheme was refused'],
  ['something where nothing is due', 'lab.recent', 1, 'lab.recent was refused'],
  [
    'half a lab',
    'lab.edited',
    { documentId: 'd', revision: 1, lab: { ...EMPTY_LAB, machines: [{}] } },
    'lab.edited was refused',
  ],
  ['a failure of the handler', 'lab.recent', undefined, 'The list is on fire.'],
])('%s is answered with a sentence', async (_name, request, parameters, sentence) => {
  asked.length = 0;
  const answer = await answerRequest(handlers, request, parameters);
  expect(answer).toEqual({ ok: false, message: expect.stringContaining(sentence) as string });
  expect(asked).toEqual([]);
});

test('what is in order reaches the handler', async () => {
  asked.length = 0;
  const edit = { documentId: 'd', revision: 1, lab: EMPTY_LAB };
  expect(await answerRequest(handlers, 'lab.edited', edit)).toEqual({ ok: true, result: undefined });
  expect(asked).toEqual([edit]);
});
