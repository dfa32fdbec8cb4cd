/** Orders to the engine. How they go on is told by events (`runningStore.ts`). */
import { bridge } from '../../lib/bridge.ts';
import { orToast } from '../../lib/toasts.ts';
import { useDocument } from './documentStore.ts';
import { isUp, stateOf, useRunning } from './runningStore.ts';

export function startMachines(names: readonly string[]): void {
  const { document, lab } = useDocument.getState();
  const machines = names.filter((name) => canStart(name));
  if (document === undefined || machines.length === 0) return;
  const work = bridge.request('engine.start', { documentId: document.id, lab, machines });
  void orToast(`${listed(machines)} could not be started.`, work);
}

export function stopMachines(names: readonly string[]): void {
  order('engine.stop', names, 'stopped');
}

/** Pulls the power cord: nothing in the machine hears of it. */
export function killMachines(names: readonly string[]): void {
  order('engine.kill', names, 'killed');
}

export function restartMachines(names: readonly string[]): void {
  const { document, lab } = useDocument.getState();
  const machines = names.filter(canStop);
  if (document === undefined || machines.length === 0) return;
  const work = bridge.request('engine.restart', { documentId: document.id, lab, machines });
  void orToast(`${listed(machines)} could not be restarted.`, work);
}

export function reviveEngine(): void {
  const { document } = useDocument.getState();
  if (document === undefined) return;
  void orToast('The engine could not be started.', bridge.request('engine.revive', { documentId: document.id }));
}

export function canStart(name: string): boolean {
  return !isUp(stateOf(useRunning.getState(), name));
}

export function canStop(name: string): boolean {
  return isUp(stateOf(useRunning.getState(), name));
}

function order(request: 'engine.stop' | 'engine.kill', names: readonly string[], done: string): void {
  const { document } = useDocument.getState();
  const machines = names.filter(canStop);
  if (document === undefined || machines.length === 0) return;
  const work = bridge.request(request, { documentId: document.id, machines });
  void orToast(`${listed(machines)} could not be ${done}.`, work);
}

function listed(names: readonly string[]): string {
  return names.length > 3 ? `${String(names.length)} machines` : names.join(', ');
}
