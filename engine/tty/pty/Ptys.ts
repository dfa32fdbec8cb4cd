import { EIO, ENOSPC } from '../../abi/errno.ts';
import type { Credentials } from '../../process/Credentials.ts';
import type { Task } from '../../process/Task.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { makeDevice } from '../../vfs/deviceNumber.ts';
import type { DeviceRegistry } from '../../vfs/DeviceRegistry.ts';
import type { File } from '../../vfs/File.ts';
import type { Inode } from '../../vfs/Inode.ts';
import type { TtyRegistry } from '../TtyRegistry.ts';
import { PtyMasterFile } from './PtyMasterFile.ts';
import type { PtyOwner } from './PtyMasterFile.ts';
import { PtyPair } from './PtyPair.ts';

/** /proc/sys/kernel/pty/max */
const MOST_PTYS = 4096;
const PTMX_DEVICE = makeDevice(5, 2);
const SLAVE_MAJOR = 136;
const PTMX_MODE = 0o666;

/** The directory of slaves; devpts is one. */
export interface PtyNodes {
  add(number: number, device: number, owner: Credentials): Inode;
  remove(number: number): void;
}

/** The pseudo-terminals of one machine (pty(7)). */
export class Ptys implements PtyOwner {
  private readonly registry: TtyRegistry;
  private readonly devices: DeviceRegistry;
  private readonly nodes: PtyNodes;
  private readonly pairs: (PtyPair | null)[] = [];
  private readonly inodes = new Map<PtyPair, Inode>();

  /** Shows /dev/ptmx. */
  constructor(registry: TtyRegistry, devices: DeviceRegistry, nodes: PtyNodes) {
    this.registry = registry;
    this.devices = devices;
    this.nodes = nodes;
    devices.registerCharDevice(PTMX_DEVICE, 'ptmx', (actor, flags) => this.openMaster(actor, flags), PTMX_MODE);
  }

  /** How many there are: /proc/sys/kernel/pty/nr. */
  get count(): number {
    return this.pairs.filter((pair) => pair !== null).length;
  }

  /** Every open of /dev/ptmx makes a pair. */
  private openMaster(actor: Actor, flags: number): File | number {
    const free = this.pairs.indexOf(null);
    const number = free < 0 ? this.pairs.length : free;
    if (number >= MOST_PTYS) return -ENOSPC;
    const device = makeDevice(SLAVE_MAJOR + (number >> 8), number & 0xff);
    const pair = new PtyPair(number, device, () => this.pairUnused(pair));
    this.pairs[number] = pair;
    this.registry.know(pair.slave);
    this.devices.registerCharDevice(device, '', (opener, slaveFlags) => this.openSlaveFor(pair, opener, slaveFlags));
    this.inodes.set(pair, this.nodes.add(number, device, actor.credentials));
    return new PtyMasterFile(pair, this, flags);
  }

  private openSlaveFor(pair: PtyPair, actor: Actor, flags: number): File | number {
    if (pair.isLocked) return -EIO;
    return this.registry.open(pair.slave, actor, flags, 'terminal');
  }

  openSlave(pair: PtyPair, task: Task, flags: number): File | number {
    const file = this.openSlaveFor(pair, task, flags);
    if (typeof file !== 'number') file.inode = this.inodes.get(pair) ?? null;
    return file;
  }

  masterClosed(pair: PtyPair): void {
    this.nodes.remove(pair.number);
    this.inodes.delete(pair);
    pair.closeMaster();
  }

  /** The number of a pair is free again when nobody has either side open. */
  private pairUnused(pair: PtyPair): void {
    this.pairs[pair.number] = null;
    this.devices.unregisterCharDevice(pair.slave.device);
    this.registry.forget(pair.slave);
  }
}
