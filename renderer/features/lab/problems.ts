/** What is wrong with the lab as it is drawn, and what the engine complained about. */
import { useMemo } from 'react';
import { checkLab } from '../../../engine/api/lab/check.ts';
import type { Lab, ModelPath } from '../../../engine/api/lab/model.ts';
import type { Ipv4Address } from './document/ipv4.ts';
import { formatIpv4, networksOverlap, parseIpv4 } from './document/ipv4.ts';
import { interfacesOnSegment } from './document/segments.ts';
import { useDocument } from './documentStore.ts';
import { useRunning } from './runningStore.ts';

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The node to look at. */
  readonly node: string | undefined;
}

export function problemsOf(lab: Lab): Problem[] {
  const broken = checkLab(lab).map(({ path, message }): Problem => ({
    severity: 'error',
    message: sentence(message),
    node: nodeAt(lab, path),
  }));
  return [...broken, ...addressProblems(lab)];
}

/** Every address of a machine with the interface that bears it. */
interface Borne {
  readonly node: string;
  readonly port: string;
  readonly address: Ipv4Address;
}

/** A lab may be drawn like this on purpose, so these are warnings: the engine takes them. */
function addressProblems(lab: Lab): Problem[] {
  const borne = lab.machines.flatMap(({ name, interfaces }) =>
    interfaces.flatMap((one) =>
      one.addresses.flatMap((text): Borne[] => {
        const address = parseIpv4(text);
        return address === undefined ? [] : [{ node: name, port: one.name, address }];
      }),
    ),
  );
  return [...doubledAddresses(lab, borne), ...unreachableGateways(lab)];
}

function doubledAddresses(lab: Lab, borne: readonly Borne[]): Problem[] {
  const byValue = new Map<number, Borne[]>();
  for (const one of borne) byValue.set(one.address.value, [...(byValue.get(one.address.value) ?? []), one]);
  return [...byValue.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return [];
    const segment = interfacesOnSegment(lab, first);
    return others
      .filter((other) => segment.some((end) => end.node === other.node && end.port === other.port))
      .map((other): Problem => ({
        severity: 'warning',
        message: `${first.node} and ${other.node} both have ${formatIpv4(other.address.value)} on the same network.`,
        node: other.node,
      }));
  });
}

function unreachableGateways(lab: Lab): Problem[] {
  return lab.machines.flatMap(({ name, interfaces }) =>
    interfaces.flatMap(({ name: port, gateway, addresses }): Problem[] => {
      const wanted = parseIpv4(`${gateway ?? ''}/32`);
      if (wanted === undefined) return [];
      const own = addresses.flatMap((text) => parseIpv4(text) ?? []);
      if (own.some((address) => networksOverlap(address, wanted))) return [];
      const message = `The gateway ${gateway ?? ''} of ${name} is in none of the networks of ${port}.`;
      return [{ severity: 'warning', message, node: name }];
    }),
  );
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
}

function nodeAt(lab: Lab, [list, index]: ModelPath): string | undefined {
  if (typeof index !== 'number') return undefined;
  if (list === 'machines') return lab.machines[index]?.name;
  if (list === 'switches') return lab.switches[index]?.name;
  return list === 'links' ? lab.links[index]?.a.node : undefined;
}

export function useProblems(): Problem[] {
  const lab = useDocument((state) => state.lab);
  return useMemo(() => problemsOf(lab), [lab]);
}

/** What deserves attention; the log may be long without that. */
export function useProblemCount(): number {
  const complaints = useRunning(({ log }) => log.filter((entry) => entry.level === 'error').length);
  return useProblems().length + complaints;
}
