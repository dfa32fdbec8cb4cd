/** /proc/sys/net: one table from which reading, writing and listing come (ip-sysctl). */

import { CAP_NET_ADMIN } from '../../process/Capabilities.ts';
import { EINVAL, EPERM } from '../../abi/errno.ts';
import { isCapable } from '../../process/Credentials.ts';
import type { TextDirectory, TextEntry, TextNode, TextTree } from '../../vfs/TextTree.ts';
import { TextTree as Tree } from '../../vfs/TextTree.ts';
import type { DeviceSettings } from '../ip/settings.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import type { NetStack } from '../NetStack.ts';

const MAXIMUM = 0x7fff_ffff;

/** A setting that is one number, or several separated by tabs. */
function numberNode(
  read: () => number | readonly number[],
  write: (values: readonly number[]) => void,
  [minimum, maximum]: readonly [number, number] = [-MAXIMUM - 1, MAXIMUM],
): TextNode {
  const valuesOf = (): readonly number[] => {
    const value = read();
    return typeof value === 'number' ? [value] : value;
  };
  return {
    kind: 'file',
    mode: 0o644,
    read: () => `${valuesOf().join('\t')}\n`,
    write: (actor, text) => {
      if (!isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
      const parts = text.trim().split(/\s+/);
      const current = valuesOf();
      if (parts.length > current.length || parts[0] === '') return -EINVAL;
      const values = [...current];
      for (const [at, part] of parts.entries()) {
        if (!/^-?\d+$/.test(part)) return -EINVAL;
        const value = Number(part);
        if (value < minimum || value > maximum) return -EINVAL;
        values[at] = value;
      }
      write(values);
      return 0;
    },
  };
}

/** Members of a settings object that are numbers or fixed lists of numbers. */
type Setting = number | [number, number] | [number, number, number];

function settingNode<Settings extends object>(settings: Settings, name: keyof Settings, changed: () => void): TextNode {
  const holder = settings as Record<keyof Settings, Setting>;
  return numberNode(
    () => holder[name],
    (values) => {
      holder[name] = (values.length === 1 ? values[0] : [...values]) as Setting;
      changed();
    },
  );
}

function addSettings(tree: TextTree, settings: object, changed: () => void): void {
  for (const name of Object.keys(settings)) tree.add(name, settingNode(settings, name as never, changed));
}

/** net.ipv4.conf and net.ipv4.neigh: a directory for each device, which come and go. */
class PerDevice implements TextDirectory {
  readonly kind = 'directory';
  readonly #stack: NetStack;
  readonly #fixed: ReadonlyMap<string, TextTree>;
  readonly #make: (device: NetDevice) => TextTree;
  readonly #trees = new WeakMap<NetDevice, TextTree>();

  constructor(stack: NetStack, fixed: ReadonlyMap<string, TextTree>, make: (device: NetDevice) => TextTree) {
    this.#stack = stack;
    this.#fixed = fixed;
    this.#make = make;
  }

  names(): Iterable<string> {
    return [...this.#fixed.keys(), ...[...this.#stack.link.devices].map((device) => device.name)];
  }

  find(name: string): TextEntry | null {
    const fixed = this.#fixed.get(name);
    if (fixed !== undefined) return fixed;
    const device = this.#stack.link.deviceByName(name);
    if (device === undefined) return null;
    let tree = this.#trees.get(device);
    if (tree === undefined) {
      tree = this.#make(device);
      this.#trees.set(device, tree);
    }
    return tree;
  }
}

function deviceSettingsTree(stack: NetStack, settings: DeviceSettings, isAll: boolean): TextTree {
  const tree = new Tree();
  const changed = (): void => stack.fib.invalidate();
  for (const name of Object.keys(settings) as (keyof DeviceSettings)[]) {
    if (name === 'forwarding' && isAll) {
      tree.add(name, forwardingNode(stack));
      continue;
    }
    tree.add(name, settingNode(settings, name, changed));
  }
  return tree;
}

/** net.ipv4.ip_forward and net.ipv4.conf.all.forwarding are the same switch. */
function forwardingNode(stack: NetStack): TextNode {
  return numberNode(
    () => stack.deviceSettings.all.forwarding,
    ([value]) => {
      stack.deviceSettings.setForwarding(value === 0 ? 0 : 1);
      stack.fib.invalidate();
    },
  );
}

export function addNetSysctls(sys: TextTree, stack: NetStack): void {
  const net = sys.directory('net');
  const ipv4 = net.directory('ipv4');
  const changed = (): void => stack.fib.invalidate();
  ipv4.add('ip_forward', forwardingNode(stack));
  addSettings(ipv4, stack.ipv4Settings, changed);
  ipv4.addFile('tcp_congestion_control', () => 'reno\n');
  ipv4.addFile('tcp_available_congestion_control', () => 'reno\n');
  ipv4.addFile('tcp_allowed_congestion_control', () => 'reno\n');
  addSettings(net.directory('core'), stack.coreSettings, changed);
  const { deviceSettings } = stack;
  ipv4.add(
    'conf',
    new PerDevice(
      stack,
      new Map([
        ['all', deviceSettingsTree(stack, deviceSettings.all, true)],
        ['default', deviceSettingsTree(stack, deviceSettings.default, false)],
      ]),
      (device) => deviceSettingsTree(stack, deviceSettings.of(device.index), false),
    ),
  );
  // One set of times serves all devices.
  const neighbours = new Tree();
  addSettings(neighbours, stack.neighbourSettings, changed);
  ipv4.add('neigh', new PerDevice(stack, new Map([['default', neighbours]]), () => neighbours));
}
