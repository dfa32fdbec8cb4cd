import type { Link, LinkEnd } from '../api/lab/model.ts';
import type { NetEnvironment } from '../net/environment.ts';
import { Cable } from '../net/link/Cable.ts';
import type { EthernetDevice } from '../net/link/EthernetDevice.ts';
import type { LinkPort } from '../net/link/LinkPort.ts';
import type { SwitchPort } from '../net/switch/VirtualSwitch.ts';
import { VirtualSwitch } from '../net/switch/VirtualSwitch.ts';

/** What one end of a cable is plugged into. */
type Socket = { unplug(): void } | null;

interface PluggedLink {
  readonly link: Link;
  readonly cable: Cable;
  a: Socket;
  b: Socket;
}

function keyOf(end: LinkEnd): string {
  return `${end.node}\0${end.port}`;
}

/**
 * The cabling of a network: switches, interfaces of machines and the cables between them. A cable may hang at something
 * that is not there yet; it carries as soon as both ends are.
 */
export class Fabric {
  private readonly environment: Pick<NetEnvironment, 'timers' | 'softirq'>;
  private readonly switches = new Map<string, VirtualSwitch>();
  private readonly devices = new Map<string, EthernetDevice>();
  private readonly byEnd = new Map<string, PluggedLink>();

  constructor(environment: Pick<NetEnvironment, 'timers' | 'softirq'>) {
    this.environment = environment;
  }

  addSwitch(name: string): void {
    this.switches.set(name, new VirtualSwitch(this.environment));
    this.connectAll(name);
  }

  /** Its cables are pulled with it. */
  removeSwitch(name: string): void {
    for (const plugged of new Set(this.byEnd.values())) {
      if (plugged.link.a.node === name || plugged.link.b.node === name) this.pull(plugged);
    }
    this.switches.delete(name);
  }

  /** An interface of a machine that has just been made. */
  addDevice(machine: string, device: EthernetDevice): void {
    this.devices.set(keyOf({ node: machine, port: device.name }), device);
    this.connectAll(machine);
  }

  /** The machine is gone; its cables hang on. */
  removeDevices(machine: string): void {
    for (const [key, device] of [...this.devices]) {
      if (!key.startsWith(`${machine}\0`)) continue;
      device.unplug();
      this.devices.delete(key);
      const plugged = this.byEnd.get(key);
      if (plugged === undefined) continue;
      if (keyOf(plugged.link.a) === key) plugged.a = null;
      else plugged.b = null;
    }
  }

  /** Both ends must be free. */
  plug(link: Link): void {
    const plugged: PluggedLink = { link, cable: new Cable(), a: null, b: null };
    this.byEnd.set(keyOf(link.a), plugged);
    this.byEnd.set(keyOf(link.b), plugged);
    this.connect(plugged);
  }

  /** Whether there was such a cable. */
  unplug(link: Link): boolean {
    const plugged = this.byEnd.get(keyOf(link.a));
    if (plugged === undefined || plugged !== this.byEnd.get(keyOf(link.b))) return false;
    this.pull(plugged);
    return true;
  }

  private pull(plugged: PluggedLink): void {
    plugged.a?.unplug();
    plugged.b?.unplug();
    plugged.cable.cut();
    this.byEnd.delete(keyOf(plugged.link.a));
    this.byEnd.delete(keyOf(plugged.link.b));
  }

  private connectAll(node: string): void {
    for (const plugged of new Set(this.byEnd.values())) {
      if (plugged.link.a.node === node || plugged.link.b.node === node) this.connect(plugged);
    }
  }

  private connect(plugged: PluggedLink): void {
    plugged.a ??= this.socketFor(plugged.link.a, plugged.cable.a);
    plugged.b ??= this.socketFor(plugged.link.b, plugged.cable.b);
  }

  private socketFor(end: LinkEnd, port: LinkPort): Socket {
    const device = this.devices.get(keyOf(end));
    if (device !== undefined) {
      device.plug(port);
      return device;
    }
    const found = this.switches.get(end.node);
    if (found === undefined) return null;
    const switchPort: SwitchPort = found.plug(port, Number(end.port));
    return { unplug: () => found.unplug(switchPort) };
  }
}
