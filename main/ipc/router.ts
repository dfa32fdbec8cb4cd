/** Where requests of windows enter the main process: who asks is checked, what is asked is checked, then it is done. */
import { z } from 'zod';
import type { RequestAnswer } from './contract/answers.ts';
import type { RequestName, RequestParameters, RequestResults } from './contract/requests.ts';
import { REQUESTS } from './contract/requests.ts';

/** What answers the requests of one window: a method for every request. */
export type RequestHandlers = {
  [Name in RequestName]: (parameters: RequestParameters<Name>) => RequestResults[Name] | Promise<RequestResults[Name]>;
};

const requestName = z.enum(Object.keys(REQUESTS) as [RequestName, ...RequestName[]]);

/** Never rejects: what went wrong is in the answer, as a sentence for the window. */
export async function answerRequest(
  handlers: RequestHandlers,
  name: unknown,
  parameters: unknown,
): Promise<RequestAnswer> {
  const known = requestName.safeParse(name);
  if (!known.success) return { ok: false, message: 'The window asked for something that does not exist.' };
  const checked = REQUESTS[known.data].safeParse(parameters);
  if (!checked.success) {
    return { ok: false, message: `${known.data} was refused: ${z.prettifyError(checked.error)}` };
  }
  try {
    const handler = handlers[known.data] as (value: unknown) => unknown;
    return { ok: true, result: await handler(checked.data) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
