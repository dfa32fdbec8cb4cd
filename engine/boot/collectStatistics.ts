import type { MachineStatistics } from '../api/statistics.ts';
import type { CallStatistics } from '../syscall/trace/CallStatistics.ts';
import type { Machine } from './Machine.ts';

export function collectStatistics(
  machine: Machine,
  calls: CallStatistics,
  bootNs: number | null,
  upNs: number,
): MachineStatistics {
  return {
    calls: calls.counts,
    bootNs,
    upNs,
    faults: machine.userMode.faults,
    wakeUps: calls.wakeUps,
    switches: machine.scheduler.switches,
    processes: machine.processes.forkCount,
    hostProcesses: machine.trap.spacesMade,
    commands: machine.trap.commandsGiven,
  };
}
