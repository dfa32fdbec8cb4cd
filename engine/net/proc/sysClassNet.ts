/** /sys/class/net: a directory of attributes for each device (sysfs-class-net). */

import { CAP_NET_ADMIN } from '../../process/Capabilities.ts';
import { EINVAL, EPERM, ERANGE } from '../../abi/errno.ts';
import { isCapable } from '../../process/Credentials.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { TextDirectory, TextEntry } from '../../vfs/TextTree.ts';
import { TextTree } from '../../vfs/TextTree.ts';
import { DEVICE_STATISTICS } from '../link/deviceStatistics.ts';
import { IF_OPER_DOWN, IF_OPER_UP, type NetDevice } from '../link/NetDevice.ts';
import type { NetStack } from '../NetStack.ts';
import { formatMac } from '../wire/ethernet.ts';

const OPERATIONAL_STATES = new Map([
  [IF_OPER_UP, 'up'],
  [IF_OPER_DOWN, 'down'],
]);

interface Attribute {
  readonly name: string;
  read(device: NetDevice): string | number;
  /** 0 or a negative errno. */
  readonly write?: (device: NetDevice, value: number, stack: NetStack) => number;
}

const ATTRIBUTES: readonly Attribute[] = [
  { name: 'addr_assign_type', read: () => 0 },
  { name: 'addr_len', read: () => 6 },
  { name: 'address', read: (device) => formatMac(device.mac) },
  { name: 'broadcast', read: (device) => formatMac(device.broadcastMac) },
  { name: 'carrier', read: (device) => (device.isUp ? (device.carrier ? 1 : 0) : -EINVAL) },
  { name: 'carrier_changes', read: (device) => device.carrierChanges },
  { name: 'dev_id', read: () => '0x0' },
  { name: 'dev_port', read: () => 0 },
  { name: 'dormant', read: (device) => (device.isUp ? 0 : -EINVAL) },
  {
    name: 'flags',
    read: (device) => `0x${(device.flags & 0xffff & ~0x40).toString(16)}`,
    write: (device, value) => {
      device.setFlags(value, 0xffff);
      return 0;
    },
  },
  { name: 'ifalias', read: (device) => device.alias },
  { name: 'ifindex', read: (device) => device.index },
  { name: 'iflink', read: (device) => device.index },
  { name: 'link_mode', read: () => 0 },
  {
    name: 'mtu',
    read: (device) => device.mtu,
    write: (device, value) => (device.setMtu(value) ? 0 : -EINVAL),
  },
  { name: 'netdev_group', read: (device) => device.group },
  { name: 'operstate', read: (device) => OPERATIONAL_STATES.get(device.operationalState) ?? 'unknown' },
  {
    name: 'tx_queue_len',
    read: (device) => device.transmitQueueLength,
    write: (device, value) => {
      if (value < 0) return -ERANGE;
      device.transmitQueueLength = value;
      return 0;
    },
  },
  { name: 'type', read: (device) => device.hardwareType },
  { name: 'uevent', read: (device) => `INTERFACE=${device.name}\nIFINDEX=${device.index}` },
];

/** The directory itself, whose entries follow the devices. */
export class SysClassNet implements TextDirectory {
  readonly kind = 'directory';
  readonly #stack: NetStack;
  readonly #trees = new WeakMap<NetDevice, TextTree>();

  constructor(stack: NetStack) {
    this.#stack = stack;
  }

  names(): Iterable<string> {
    return [...this.#stack.link.devices].map((device) => device.name);
  }

  find(name: string): TextEntry | null {
    const device = this.#stack.link.deviceByName(name);
    if (device === undefined) return null;
    let tree = this.#trees.get(device);
    if (tree === undefined) {
      tree = this.#makeTree(device);
      this.#trees.set(device, tree);
    }
    return tree;
  }

  #makeTree(device: NetDevice): TextTree {
    const tree = new TextTree();
    for (const attribute of ATTRIBUTES) {
      const read = (): string | number => {
        const value = attribute.read(device);
        return typeof value === 'number' && value < 0 ? value : `${value}\n`;
      };
      const { write } = attribute;
      if (write === undefined) tree.addFile(attribute.name, read);
      else tree.addFile(attribute.name, read, (actor, text) => this.#write(device, write, actor, text));
    }
    for (const name of DEVICE_STATISTICS) tree.addFile(`statistics/${name}`, () => `${device.statistics[name]}\n`);
    return tree;
  }

  #write(device: NetDevice, write: NonNullable<Attribute['write']>, actor: Actor, text: string): number {
    if (!isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
    const trimmed = text.trim();
    if (!/^(0x[0-9a-f]+|-?\d+)$/i.test(trimmed)) return -EINVAL;
    return write(device, Number(trimmed), this.#stack);
  }
}
