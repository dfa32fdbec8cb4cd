/** membarrier(2): memory barriers on the processors where other threads run. */
import { EINVAL, EPERM } from '../abi/errno.ts';
import type { AddressSpace } from '../mm/AddressSpace.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';

const QUERY = 0;
const GLOBAL = 1;
const GLOBAL_EXPEDITED = 2;
const REGISTER_GLOBAL_EXPEDITED = 4;
const PRIVATE_EXPEDITED = 8;
const REGISTER_PRIVATE_EXPEDITED = 16;
const PRIVATE_EXPEDITED_SYNC_CORE = 32;
const REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64;
const GET_REGISTRATIONS = 512;

const COMMANDS =
  GLOBAL |
  GLOBAL_EXPEDITED |
  REGISTER_GLOBAL_EXPEDITED |
  PRIVATE_EXPEDITED |
  REGISTER_PRIVATE_EXPEDITED |
  PRIVATE_EXPEDITED_SYNC_CORE |
  REGISTER_PRIVATE_EXPEDITED_SYNC_CORE |
  GET_REGISTRATIONS;

/**
 * Every other thread that is in user mode, of the memories that `concerns` chooses, traps and so passes a barrier, which
 * serialises its instruction stream as well. Whoever is in the kernel passed one on the way.
 */
function pass(task: Task, concerns: (memory: AddressSpace) => boolean): number {
  for (const other of task.kernel.processes.tasks.values()) {
    if (other === task || other.state !== 'running' || other.thread.isTrapped) continue;
    if (concerns(other.memory)) other.thread.stopForCommands();
  }
  return 0;
}

function membarrier(task: Task, command: number, flags: number): number {
  if (flags !== 0) return -EINVAL;
  const { memory } = task;
  switch (command | 0) {
    case QUERY:
      return COMMANDS;
    case GLOBAL:
      return pass(task, () => true);
    case GLOBAL_EXPEDITED:
      return pass(task, (other) => (other.barriers & REGISTER_GLOBAL_EXPEDITED) !== 0);
    case PRIVATE_EXPEDITED:
    case PRIVATE_EXPEDITED_SYNC_CORE:
      // Each registration is the bit after that of its command.
      if ((memory.barriers & (command << 1)) === 0) return -EPERM;
      return pass(task, (other) => other === memory);
    case REGISTER_GLOBAL_EXPEDITED:
    case REGISTER_PRIVATE_EXPEDITED:
    case REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
      memory.barriers |= command;
      return 0;
    case GET_REGISTRATIONS:
      return memory.barriers;
    default:
      return -EINVAL;
  }
}

export const barrierCalls = defineCalls({
  membarrier: { args: ['int', 'hex', 'int'], run: membarrier, partial: 'restartable sequences' },
});
