/**
 * How fast one TCP stream goes through two stacks and a switch in one thread: `node engine/net/net.bench.ts [gigabytes]`.
 * Virtual time stands still meanwhile; what counts is the host's.
 */

import { KernelIo } from '../mm/Io.ts';
import { Cable } from './link/Cable.ts';
import { VirtualSwitch } from './switch/VirtualSwitch.ts';
import { addEthernet, ip, makeStack, Simulation } from './testing/simulation.testing.ts';
import { listen, makeConnection } from './testing/tcp.testing.ts';

const GIGABYTE = 2 ** 30;

function measure(totalBytes: number, mtu: number, useOffload: boolean): { seconds: number; frames: number } {
  const simulation = new Simulation();
  const lan = new VirtualSwitch({ timers: simulation, softirq: simulation });
  const stacks = ['10.0.0.1/24', '10.0.0.2/24'].map((address, at) => {
    const cable = new Cable();
    lan.plug(cable.b);
    const stack = makeStack(simulation, at + 1);
    const device = addEthernet(stack, 'eth0', cable.a, address);
    device.setMtu(mtu);
    if (!useOffload) Object.defineProperty(device, 'maximumGsoPayload', { value: 0 });
    return stack;
  });
  const listener = listen(stacks[1], 5001);
  const client = makeConnection(stacks[0]);
  client.connect(ip('10.0.0.2'), 5001);
  simulation.settle();
  const server = listener.accept();
  if (server === undefined) throw new Error('not accepted');
  const source = new Uint8Array(128 * 1024).fill(7);
  const sink = new Uint8Array(128 * 1024);
  const begin = process.hrtime.bigint();
  let received = 0;
  while (received < totalBytes) {
    for (;;) if (client.write(new KernelIo(source), 0) <= 0) break;
    simulation.settle();
    for (;;) {
      const count = server.read(new KernelIo(sink), sink.length, 'take');
      if (count <= 0) break;
      received += count;
    }
    simulation.settle();
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  return { seconds, frames: stacks[0].counters.ip.OutRequests };
}

const total = Number(process.argv[2] ?? 1) * GIGABYTE;
for (const [name, mtu, useOffload, share] of [
  ['large segments (warm-up)', 1500, true, 0.25],
  ['large segments', 1500, true, 1],
  ['1500-byte frames', 1500, false, 0.25],
  ['9000-byte frames', 9000, false, 0.5],
] as const) {
  const { seconds, frames } = measure(total * share, mtu, useOffload);
  const gigabits = (total * share * 8) / seconds / 1e9;
  console.log(`${name}: ${gigabits.toFixed(2)} Gbit/s, ${((seconds / frames) * 1e6).toFixed(2)} µs a frame sent`);
}
