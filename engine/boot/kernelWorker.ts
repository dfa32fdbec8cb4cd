/** First file of a kernel thread: a worker that serves machines until it is told to end. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SharedRegion } from '../host/SharedRegion.unsafe.ts';
import { Doorbell } from '../trap/Doorbell.ts';
import { KernelThread } from './KernelThread.ts';
import { MachineHost } from './MachineHost.ts';
import { ThreadProfile } from './ThreadProfile.ts';
import type { FromThread, ThreadData, ToThread } from './threadMessages.ts';

const port = parentPort;
if (port === null) throw new Error('kernelWorker.ts is the first file of a worker thread');
const { resources, doorbell: handle, cpuProfile } = workerData as ThreadData;
const doorbell = new Doorbell(SharedRegion.adopt(handle));
const send = (message: FromThread): void => port.postMessage(message);

const host = new MachineHost(resources, doorbell, send);
const thread = new KernelThread(
  doorbell,
  {
    serve(): boolean {
      let any = host.runDeferred();
      for (let item = receiveMessageOnPort(port); item !== undefined; item = receiveMessageOnPort(port)) {
        any = true;
        const message = item.message as ToThread;
        host.receive(message);
        if (message.type === 'dispose') thread.stop();
      }
      return any;
    },
    get wakeAtNs(): number {
      return host.wakeAtNs;
    },
  },
  (machine, error) => host.panic(machine, error),
);
host.runOn(thread);
const profile = cpuProfile === null ? null : new ThreadProfile(cpuProfile);
thread.run();
const failure = profile?.stop() ?? null;
if (failure !== null) send({ type: 'log', level: 'error', text: `The CPU profile could not be written: ${failure}.` });
send({ type: 'disposed' });
