import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../engine/api/engine.ts';
import {
  LOG_ENTRIES_KEPT,
  NOTHING_RUNS,
  afterEngineEvent,
  afterHostChange,
  afterReport,
  stateOf,
  type RunningState,
} from './runningStore.ts';

const stats: EngineEvent = { event: 'stats', machines: [{ name: 'h1', cpuPercent: 3, memoryBytes: 4096 }] };
const after = (...events: EngineEvent[]): RunningState => events.reduce(afterEngineEvent, NOTHING_RUNS);

describe('the mirror of the engine', () => {
  test('a machine that nobody spoke of is stopped', () => {
    expect(stateOf(NOTHING_RUNS, 'h1')).toEqual({ state: 'stopped' });
  });

  test('the last word about a machine counts', () => {
    const running = after(
      { event: 'machineState', machine: 'h1', status: { state: 'booting', progress: 'x' } },
      { event: 'machineState', machine: 'h1', status: { state: 'running' } },
    );
    expect(stateOf(running, 'h1')).toEqual({ state: 'running' });
  });

  test.each([{ state: 'stopped' }, { state: 'crashed', reason: 'panic' }] as const)(
    'a machine that is $state has no load',
    (status) => {
      expect(after(stats, { event: 'machineState', machine: 'h1', status }).stats).toEqual({});
    },
  );

  const twoMachines = after(
    stats,
    { event: 'machineState', machine: 'h1', status: { state: 'running' } },
    { event: 'machineState', machine: 'h2', status: { state: 'stopped' } },
  );

  test('an engine that crashes takes the machines that were up along', () => {
    const gone = afterHostChange(twoMachines, { state: 'crashed', reason: 'was killed' });
    expect(stateOf(gone, 'h1')).toEqual({ state: 'crashed', reason: 'Its engine was killed.' });
    expect(stateOf(gone, 'h2').state).toBe('stopped');
    expect(gone.stats).toEqual({});
  });

  test('what the engine took along stays told until machines start again', () => {
    const gone = afterHostChange(twoMachines, { state: 'crashed', reason: 'was killed' });
    const back = afterHostChange(gone, { state: 'running' });
    expect(back.interruption).toEqual({ reason: 'was killed', machines: ['h1'] });
    const booting: EngineEvent = { event: 'machineState', machine: 'h1', status: { state: 'booting', progress: '' } };
    expect(afterEngineEvent(back, booting).interruption).toBeUndefined();
  });

  test('without an engine there are no machines', () => {
    expect(afterHostChange(twoMachines, { state: 'absent' })).toEqual(NOTHING_RUNS);
  });

  test('the log keeps its latest entries, each with a number of its own', () => {
    const events = Array.from({ length: LOG_ENTRIES_KEPT + 20 }, (_, index): EngineEvent => ({
      event: 'log',
      level: 'info',
      text: String(index),
    }));
    const { log } = after(...events);
    expect(log).toHaveLength(LOG_ENTRIES_KEPT);
    expect(log.at(-1)?.text).toBe(String(LOG_ENTRIES_KEPT + 19));
    expect(new Set(log.map((entry) => entry.id)).size).toBe(LOG_ENTRIES_KEPT);
  });

  test('a report replaces what was known of the machines', () => {
    const before = after({ event: 'machineState', machine: 'gone', status: { state: 'running' } });
    const reported = afterReport(before, {
      host: { state: 'running' },
      machines: [{ name: 'h1', status: { state: 'running' } }],
    });
    expect(Object.keys(reported.machines)).toEqual(['h1']);
  });
});
