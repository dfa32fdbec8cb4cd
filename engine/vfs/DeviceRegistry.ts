import type { Actor } from './Actor.ts';
import { deviceMajor } from './deviceNumber.ts';
import type { File } from './File.ts';
import type { Inode } from './Inode.ts';

/** Opens a device: a description with one reference for the caller, or a negative errno. */
export type DeviceOpen = (actor: Actor, flags: number, inode: Inode) => File | number;

interface Device {
  readonly rdev: number;
  readonly name: string;
  readonly mode: number;
  readonly open: DeviceOpen;
}

/**
 * The devices of one machine by device number. devtmpfs shows each under its name; a node that mknod(2) makes anywhere
 * opens the same device.
 */
export class DeviceRegistry {
  private readonly characters = new Map<number, Device>();
  private readonly blocks = new Map<number, Device>();
  private readonly listeners: ((device: Device, kind: 'character' | 'block', present: boolean) => void)[] = [];

  /** `name` is the path below /dev, in which directories may occur; '' for devices that devtmpfs does not show. */
  registerCharDevice(rdev: number, name: string, open: DeviceOpen, mode = 0o666): void {
    this.register(this.characters, 'character', { rdev, name, mode, open });
  }

  registerBlockDevice(rdev: number, name: string, open: DeviceOpen, mode = 0o660): void {
    this.register(this.blocks, 'block', { rdev, name, mode, open });
  }

  unregisterCharDevice(rdev: number): void {
    const device = this.characters.get(rdev);
    if (device === undefined) return;
    this.characters.delete(rdev);
    for (const listener of this.listeners) listener(device, 'character', false);
  }

  characterMajors(): Set<number> {
    return new Set(Array.from(this.characters.keys(), deviceMajor));
  }

  findCharacter(rdev: number): DeviceOpen | null {
    return this.characters.get(rdev)?.open ?? null;
  }

  findBlock(rdev: number): DeviceOpen | null {
    return this.blocks.get(rdev)?.open ?? null;
  }

  /** Tells `listener` of every device there is and will be (devtmpfs). */
  observe(listener: (device: Device, kind: 'character' | 'block', present: boolean) => void): void {
    this.listeners.push(listener);
    for (const device of this.characters.values()) listener(device, 'character', true);
    for (const device of this.blocks.values()) listener(device, 'block', true);
  }

  private register(table: Map<number, Device>, kind: 'character' | 'block', device: Device): void {
    if (table.has(device.rdev)) throw new Error(`device ${device.name} has the number of another`);
    table.set(device.rdev, device);
    for (const listener of this.listeners) listener(device, kind, true);
  }
}
