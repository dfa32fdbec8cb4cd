/** What the hot paths of the file system cost without the trap: `node engine/vfs/vfs.bench.ts`. */
import { KernelIo } from '../mm/Io.ts';
import * as operations from './pathOperations.ts';
import { TestMachine } from './vfs.testing.ts';

const machine = new TestMachine();
const { actor } = machine;
for (const path of ['/usr', '/usr/lib', '/usr/lib/x86_64-linux-gnu']) operations.mkdir(actor, null, path, 0o755);
machine.write('/usr/lib/x86_64-linux-gnu/libc.so.6', 'x'.repeat(65536));
operations.symlink(actor, 'usr/lib', null, '/lib');
const file = machine.opened('/usr/lib/x86_64-linux-gnu/libc.so.6', 2);
const block = new Uint8Array(4096);

const rounds: readonly (readonly [string, () => void])[] = [
  ['walk four components', () => void machine.find('/usr/lib/x86_64-linux-gnu/libc.so.6')],
  ['walk through a link', () => void machine.find('/lib/x86_64-linux-gnu/libc.so.6')],
  ['walk to no file', () => void machine.find('/usr/lib/x86_64-linux-gnu/libm.so.6')],
  ['read 4 KiB of cached pages', () => void file.readAt(actor as never, new KernelIo(block), 8192)],
  ['write 4 KiB', () => void file.writeAt(actor as never, new KernelIo(block), 8192)],
  ['open and close', () => machine.opened('/usr/lib/x86_64-linux-gnu/libc.so.6', 0).close()],
];

const COUNT = 200_000;
for (const [name, round] of rounds) {
  for (let index = 0; index < COUNT / 10; index++) round();
  const start = performance.now();
  for (let index = 0; index < COUNT; index++) round();
  console.log(`${name.padEnd(28)} ${(((performance.now() - start) * 1000) / COUNT).toFixed(3)} µs`);
}
