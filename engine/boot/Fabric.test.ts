import { describe, expect, it } from 'vitest';
import type { Link } from '../api/lab/model.ts';
import { EthernetDevice } from '../net/link/EthernetDevice.ts';
import { Frame } from '../net/link/Frame.ts';
import { IFF_UP } from '../net/link/NetDevice.ts';
import { Simulation } from '../net/testing/simulation.testing.ts';
import { emitEthernet, MAC_BROADCAST } from '../net/wire/ethernet.ts';
import { Fabric } from './Fabric.ts';

/** A card that is up, with who it heard from. */
class Card {
  readonly device: EthernetDevice;
  private readonly heard: number[] = [];

  constructor(name: string, mac: number) {
    this.device = new EthernetDevice(name, mac);
    this.device.owner = {
      receive: (_device, frame) => this.heard.push(frame.bytes[frame.start + 11]),
      deviceChanged: () => undefined,
    };
    this.device.setFlags(IFF_UP, IFF_UP);
  }

  call(): void {
    const bytes = new Uint8Array(60);
    emitEthernet(bytes, 0, MAC_BROADCAST, this.device.mac, 0x0800);
    this.device.transmit(new Frame(bytes, 0, bytes.length));
  }

  take(): number[] {
    return this.heard.splice(0);
  }
}

function link(text: string): Link {
  const [a, b] = text.split(' ').map((end) => {
    const [node, port] = end.split(':');
    return { node, port };
  });
  return { a, b };
}

function makeFabric() {
  const simulation = new Simulation();
  const fabric = new Fabric({ timers: simulation, softirq: simulation });
  let next = 1;
  const addCard = (machine: string, name = 'eth0'): Card => {
    const card = new Card(name, 0x0200_0000_0000 + next++);
    fabric.addDevice(machine, card.device);
    return card;
  };
  return { fabric, addCard };
}

/** Whom a call of `from` reaches. */
function reached(from: Card, others: readonly Card[]): number[] {
  for (const other of others) other.take();
  from.call();
  return others.flatMap((other, index) => (other.take().length > 0 ? [index] : []));
}

describe('a cable', () => {
  it('connects two machines, whatever is there first', () => {
    const { fabric, addCard } = makeFabric();
    const a = addCard('a');
    fabric.plug(link('a:eth0 b:eth0'));
    expect(a.device.carrier).toBe(false);
    const b = addCard('b');
    expect([a.device.carrier, b.device.carrier]).toEqual([true, true]);
    expect([reached(a, [b]), reached(b, [a])]).toEqual([[0], [0]]);
  });

  it('belongs to its ports alone', () => {
    const { fabric, addCard } = makeFabric();
    const [a0, a1, b0, b1] = [addCard('a'), addCard('a', 'eth1'), addCard('b'), addCard('b', 'eth1')];
    fabric.plug(link('a:eth0 b:eth1'));
    fabric.plug(link('a:eth1 b:eth0'));
    expect([reached(a0, [a1, b0, b1]), reached(a1, [a0, b0, b1])]).toEqual([[2], [1]]);
  });

  it('carries nothing once it is unplugged, and leaves its ports free', () => {
    const { fabric, addCard } = makeFabric();
    const [a, b, c] = [addCard('a'), addCard('b'), addCard('c')];
    const cable = link('a:eth0 b:eth0');
    fabric.plug(cable);
    expect(fabric.unplug(cable)).toBe(true);
    expect([a.device.carrier, b.device.carrier]).toEqual([false, false]);
    expect(fabric.unplug(cable)).toBe(false);
    fabric.plug(link('a:eth0 c:eth0'));
    expect(reached(a, [b, c])).toEqual([1]);
  });

  it('is unplugged only as the one it is', () => {
    const { fabric, addCard } = makeFabric();
    const [a, b] = [addCard('a'), addCard('b')];
    fabric.plug(link('a:eth0 b:eth0'));
    fabric.plug(link('c:eth0 d:eth0'));
    expect(fabric.unplug(link('a:eth0 d:eth0'))).toBe(false);
    expect(fabric.unplug(link('e:eth0 f:eth0'))).toBe(false);
    expect(reached(a, [b])).toEqual([0]);
  });
});

describe('a switch', () => {
  it('connects whoever hangs on it, also those who came before it', () => {
    const { fabric, addCard } = makeFabric();
    const cards = ['a', 'b', 'c'].map((machine) => addCard(machine));
    fabric.plug(link('a:eth0 lan:1'));
    fabric.plug(link('lan:2 b:eth0'));
    expect(cards[0].device.carrier).toBe(false);
    fabric.addSwitch('lan');
    fabric.plug(link('c:eth0 lan:3'));
    expect(reached(cards[0], cards)).toEqual([1, 2]);
  });

  it('passes on to other switches', () => {
    const { fabric, addCard } = makeFabric();
    fabric.addSwitch('left');
    fabric.addSwitch('right');
    const cards = ['a', 'b'].map((machine) => addCard(machine));
    fabric.plug(link('a:eth0 left:1'));
    fabric.plug(link('b:eth0 right:1'));
    expect(reached(cards[0], cards)).toEqual([]);
    fabric.plug(link('left:4 right:4'));
    expect(reached(cards[0], cards)).toEqual([1]);
  });

  it('takes its cables along', () => {
    const { fabric, addCard } = makeFabric();
    fabric.addSwitch('lan');
    const cards = ['a', 'b'].map((machine) => addCard(machine));
    const cable = link('a:eth0 lan:1');
    fabric.plug(cable);
    fabric.plug(link('b:eth0 lan:2'));
    fabric.removeSwitch('lan');
    expect(cards.map((card) => card.device.carrier)).toEqual([false, false]);
    expect(fabric.unplug(cable)).toBe(false);
    fabric.addSwitch('lan');
    expect(reached(cards[0], cards)).toEqual([]);
  });
});

describe('a machine that goes', () => {
  it('leaves its cables where they are, for when it comes back', () => {
    const { fabric, addCard } = makeFabric();
    fabric.addSwitch('lan');
    const [a, b] = [addCard('a'), addCard('b')];
    fabric.plug(link('a:eth0 lan:1'));
    fabric.plug(link('lan:2 b:eth0'));
    fabric.removeDevices('a');
    expect([a.device.carrier, reached(b, [a])]).toEqual([false, []]);
    const again = addCard('a');
    expect([reached(b, [a, again]), reached(again, [b])]).toEqual([[1], [0]]);
  });

  it('takes the carrier from its neighbour', () => {
    const { fabric, addCard } = makeFabric();
    const [a, b, other] = [addCard('a'), addCard('b'), addCard('ab')];
    fabric.plug(link('a:eth0 b:eth0'));
    fabric.plug(link('ab:eth0 c:eth0'));
    const c = addCard('c');
    fabric.removeDevices('a');
    expect([a, b, other, c].map((card) => card.device.carrier)).toEqual([false, false, true, true]);
  });
});
