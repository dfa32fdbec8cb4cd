import { SIGKILL, SI_KERNEL } from '../abi/signals.ts';
import { PAGE_SIZE } from '../trap/layout.ts';
import type { Kernel } from './Kernel.ts';
import type { Process } from './Process.ts';
import { sendSignalToProcess } from './signalSend.ts';
import { signalInfo } from './signals.ts';

/** Memory is out, and no cache gave any back: the process that holds most of it is killed, and the log says so. */
export function killForMemory(kernel: Kernel): void {
  let victim: Process | null = null;
  let worst = -1;
  for (const process of kernel.processes.processes.values()) {
    if (process.isZombie || process.isExiting || process.pid === 1) continue;
    const adjust = process.oomScoreAdjust;
    if (adjust <= -1000) continue;
    const score = process.memory.residentPages + (adjust * kernel.memory.frameCount) / 1000;
    if (score > worst) {
      worst = score;
      victim = process;
    }
  }
  if (victim === null) {
    // A victim is dying already, or there is none but init.
    if (![...kernel.processes.processes.values()].some((process) => process.isExiting && !process.isZombie)) {
      kernel.shutDown('panic', 'out of memory and no process left to kill', 137);
    }
    return;
  }
  const kib = (victim.memory.residentPages * PAGE_SIZE) / 1024;
  kernel.log(`Out of memory: Killed process ${victim.pid} (${victim.leader.name}) anon-rss:${kib}kB`, 'warning');
  sendSignalToProcess(victim, signalInfo(SIGKILL, SI_KERNEL));
}
