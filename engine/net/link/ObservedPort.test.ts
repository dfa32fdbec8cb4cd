import { expect, it } from 'vitest';
import { makePair, MILLISECOND, Simulation, ip } from '../testing/simulation.testing.ts';
import { makeSockets, make, send } from '../testing/sockets.testing.ts';
import { makeSockaddrIn } from '../socket/inet/inetAddress.ts';
import { readEtherType } from '../wire/ethernet.ts';
import { Cable } from './Cable.ts';
import { ObservedPort } from './ObservedPort.ts';

it('shows frames in both directions, and lets them and the carrier pass', () => {
  const simulation = new Simulation();
  const { a, b, aDevice, bDevice } = makePair(simulation);
  const cable = new Cable();
  const seen: string[] = [];
  const observed = new ObservedPort(cable.a, (frame, direction) => {
    seen.push(`${direction} ${readEtherType(frame.bytes, frame.start).toString(16)}`);
  });
  aDevice.plug(observed);
  expect(aDevice.carrier).toBe(false);
  bDevice.plug(cable.b);
  expect([aDevice.carrier, bDevice.carrier]).toEqual([true, true]);
  send(make(makeSockets(a), 2, 2), 'x', { address: makeSockaddrIn(ip('10.0.0.2'), 9) });
  simulation.run(MILLISECOND);
  expect(seen).toEqual(['sent 806', 'received 806', 'sent 800', 'received 800']);
  expect(b.counters.udp.NoPorts).toBe(1);
  cable.cut();
  expect([aDevice.carrier, bDevice.carrier]).toEqual([false, false]);
});
