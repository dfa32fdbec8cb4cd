/** Which consoles are open in the dock, in the order of their tabs. Bytes never come here: they go from port to terminal. */
import { create } from 'zustand';

export interface Consoles {
  /** Machines with a tab. */
  readonly open: readonly string[];
  /** The tab in front: a machine with a tab, or the list of problems. */
  readonly front: DockTab;
}

export type DockTab = { readonly tab: 'console'; readonly machine: string } | { readonly tab: 'problems' };

export const useConsoles = create<Consoles>()(() => ({ open: [], front: { tab: 'problems' } }));

export function openConsole(machine: string): void {
  useConsoles.setState(({ open }) => ({
    open: open.includes(machine) ? open : [...open, machine],
    front: { tab: 'console', machine },
  }));
}

/** What stood beside it comes to the front. */
export function closeConsole(machine: string): void {
  useConsoles.setState(({ open, front }) => {
    const left = open.filter((one) => one !== machine);
    const wasInFront = front.tab === 'console' && front.machine === machine;
    const neighbour = left[Math.min(open.indexOf(machine), left.length - 1)];
    if (!wasInFront) return { open: left };
    return {
      open: left,
      front: neighbour === undefined ? { tab: 'problems' } : { tab: 'console', machine: neighbour },
    };
  });
}

export function bringToFront(front: DockTab): void {
  useConsoles.setState({ front });
}

/** Tabs of machines that are no longer in the lab go. */
export function keepConsolesOf(machines: ReadonlySet<string>): void {
  for (const machine of useConsoles.getState().open) if (!machines.has(machine)) closeConsole(machine);
}
