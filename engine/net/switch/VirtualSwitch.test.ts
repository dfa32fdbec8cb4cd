import { describe, expect, it } from 'vitest';
import { Cable } from '../link/Cable.ts';
import { Frame } from '../link/Frame.ts';
import type { LinkReceiver } from '../link/LinkPort.ts';
import { SECOND, Simulation } from '../testing/simulation.testing.ts';
import { emitEthernet, MAC_BROADCAST } from '../wire/ethernet.ts';
import { VirtualSwitch } from './VirtualSwitch.ts';

class Station implements LinkReceiver {
  readonly cable = new Cable();
  readonly mac: number;
  received: Frame[] = [];
  carrier = false;

  constructor(mac: number) {
    this.mac = mac;
    this.cable.a.attach(this);
  }

  send(destination: number): void {
    const bytes = new Uint8Array(60);
    emitEthernet(bytes, 0, destination, this.mac, 0x0800);
    this.cable.a.send(new Frame(bytes, 0, bytes.length));
  }

  take(): number {
    return this.received.splice(0).length;
  }

  receive(frame: Frame): void {
    this.received.push(frame);
  }

  carrierChanged(carrier: boolean): void {
    this.carrier = carrier;
  }
}

function makeLan(count: number): { simulation: Simulation; lan: VirtualSwitch; stations: Station[] } {
  const simulation = new Simulation();
  const lan = new VirtualSwitch({ timers: simulation, softirq: simulation });
  const stations = Array.from({ length: count }, (_, at) => new Station(0x0200_0000_0001 + at));
  for (const station of stations) lan.plug(station.cable.b);
  return { simulation, lan, stations };
}

describe('a switch', () => {
  it('floods what it does not know, and learns', () => {
    const { stations } = makeLan(3);
    const [a, b, c] = stations;
    a.send(b.mac);
    expect([a.take(), b.take(), c.take()]).toEqual([0, 1, 1]);
    b.send(a.mac);
    expect([a.take(), b.take(), c.take()]).toEqual([1, 0, 0]);
    a.send(b.mac);
    expect([a.take(), b.take(), c.take()]).toEqual([0, 1, 0]);
  });

  it('floods broadcasts', () => {
    const { stations } = makeLan(4);
    stations[0].send(MAC_BROADCAST);
    expect(stations.map((station) => station.take())).toEqual([0, 1, 1, 1]);
  });

  it('forgets who was silent for five minutes', () => {
    const { simulation, stations } = makeLan(3);
    const [a, b, c] = stations;
    b.send(MAC_BROADCAST);
    a.take();
    c.take();
    simulation.run(299 * SECOND);
    a.send(b.mac);
    expect(c.take()).toBe(0);
    simulation.run(2 * SECOND);
    a.send(b.mac);
    expect(c.take()).toBe(1);
  });

  it('forgets a port that is unplugged, and takes its carrier', () => {
    const { lan, stations } = makeLan(3);
    const [a, b, c] = stations;
    b.send(MAC_BROADCAST);
    stations.forEach((station) => station.take());
    expect(b.carrier).toBe(true);
    const [, port] = [...lan.ports];
    lan.unplug(port);
    expect(b.carrier).toBe(false);
    a.send(b.mac);
    expect([b.take(), c.take()]).toEqual([0, 1]);
    expect(lan.plug(b.cable.b).number).toBe(2);
    expect(b.carrier).toBe(true);
  });

  it('follows a station that moves', () => {
    const { stations } = makeLan(3);
    const [a, b, c] = stations;
    a.send(MAC_BROADCAST);
    const moved = Object.assign(c, { mac: a.mac });
    moved.send(MAC_BROADCAST);
    stations.forEach((station) => station.take());
    b.send(a.mac);
    expect([a.take(), c.take()]).toEqual([0, 1]);
  });

  it('survives a loop of cables', () => {
    const { simulation, lan, stations } = makeLan(1);
    const second = new VirtualSwitch({ timers: simulation, softirq: simulation });
    for (let cable = 0; cable < 2; cable++) {
      const loop = new Cable();
      lan.plug(loop.a);
      second.plug(loop.b);
    }
    stations[0].send(MAC_BROADCAST);
    // A broadcast storm, as with real switches without a spanning tree; no call nests and no queue grows without bounds.
    expect(() => simulation.settle(5000)).toThrow('does not come to rest');
  });
});
