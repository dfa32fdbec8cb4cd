import type { MachineState } from '../../../engine/api/machine.ts';

const WORDS: Record<MachineState['state'], string> = {
  stopped: 'stopped',
  booting: 'starting',
  running: 'running',
  stopping: 'stopping',
  crashed: 'crashed',
};

/** The state of a machine for people: in one word. */
export function stateWord(state: MachineState): string {
  return WORDS[state.state];
}

/** The same with what is known about it: `starting: mounting the root file system`. */
export function describeState(state: MachineState): string {
  if (state.state === 'booting' && state.progress !== '') return `${WORDS.booting}: ${state.progress}`;
  if (state.state === 'crashed') return `${WORDS.crashed}: ${state.reason}`;
  return WORDS[state.state];
}
