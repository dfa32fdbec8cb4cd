import type { NetEnvironment } from './environment.ts';
import { IPV4_LOOPBACK } from './ip/address.ts';
import { Arp } from './ip/Arp.ts';
import { makeCounters } from './ip/counters.ts';
import { Fib } from './ip/Fib.ts';
import { forwardPacket } from './ip/forwarding.ts';
import { Icmp } from './ip/Icmp.ts';
import { IFA_F_PERMANENT, INFINITE_LIFETIME, InterfaceAddresses, RT_SCOPE_HOST } from './ip/InterfaceAddresses.ts';
import { Ipv4 } from './ip/Ipv4.ts';
import { MulticastGroups } from './ip/MulticastGroups.ts';
import { NeighbourTable } from './ip/NeighbourTable.ts';
import { PathMtu } from './ip/PathMtu.ts';
import { Reassembler } from './ip/Reassembler.ts';
import { addDeviceRoutes, maintainAddressRoutes, removeDeviceRoutes } from './ip/routeMaintenance.ts';
import { Router } from './ip/Router.ts';
import { DeviceSettingsTable, makeCoreSettings, makeIpv4Settings, makeNeighbourSettings } from './ip/settings.ts';
import { LinkLayer } from './link/LinkLayer.ts';
import { LoopbackDevice } from './link/LoopbackDevice.ts';
import { IFF_UP, type DeviceChange, type NetDevice } from './link/NetDevice.ts';
import type { DatagramContext } from './transport/DatagramEndpoint.ts';
import { RawTable } from './transport/raw/RawTable.ts';
import { TcpTable } from './transport/tcp/TcpTable.ts';
import { UdpTable } from './transport/udp/UdpTable.ts';
import { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, ICMP_REASSEMBLY_EXCEEDED, ICMP_TIME_EXCEEDED } from './wire/icmp.ts';

/**
 * The network of one machine (later: of one network namespace). Everything that it knows hangs here: devices, addresses,
 * routes, neighbours, endpoints, settings, counters.
 */
export class NetStack implements DatagramContext {
  readonly environment: NetEnvironment;
  readonly ipv4Settings = makeIpv4Settings();
  readonly coreSettings = makeCoreSettings();
  readonly deviceSettings = new DeviceSettingsTable();
  readonly neighbourSettings = makeNeighbourSettings();
  readonly counters = makeCounters();
  readonly link: LinkLayer;
  readonly loopback = new LoopbackDevice();
  readonly addresses = new InterfaceAddresses();
  readonly groups = new MulticastGroups();
  readonly fib: Fib;
  readonly pathMtu: PathMtu;
  readonly router: Router;
  readonly neighbours: NeighbourTable;
  readonly reassembler: Reassembler;
  readonly ipv4: Ipv4;
  readonly icmp: Icmp;
  readonly arp: Arp;
  readonly udp: UdpTable;
  readonly tcp: TcpTable;
  readonly raw: RawTable;

  constructor(environment: NetEnvironment) {
    this.environment = environment;
    const { addresses, groups, counters, deviceSettings, ipv4Settings, loopback } = this;
    const link = new LinkLayer(environment);
    const fib = new Fib((index) => link.deviceByIndex(index)?.name ?? '');
    this.link = link;
    this.fib = fib;
    this.pathMtu = new PathMtu(environment.timers);
    this.router = new Router(link, fib, addresses, groups, this.pathMtu, deviceSettings, loopback);
    this.neighbours = new NeighbourTable(environment, link, this.neighbourSettings);
    this.reassembler = new Reassembler(environment.timers, ipv4Settings, counters);
    this.ipv4 = new Ipv4(
      environment,
      link,
      this.router,
      this.neighbours,
      groups,
      this.reassembler,
      deviceSettings,
      counters,
    );
    this.icmp = new Icmp(environment, this.ipv4, this.router, fib, this.pathMtu, ipv4Settings, counters);
    this.arp = new Arp(link, this.neighbours, addresses, fib, deviceSettings);
    this.neighbours.unreachable = (packet) => this.icmp.sendError(packet, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
    this.reassembler.timeout = (first) => this.icmp.sendError(first, ICMP_TIME_EXCEEDED, ICMP_REASSEMBLY_EXCEEDED, 0);
    this.ipv4.forward = (packet, route) =>
      forwardPacket(this.ipv4, this.icmp, addresses, deviceSettings, counters, packet, route);
    maintainAddressRoutes(fib, addresses);
    link.listen((device, change) => this.#deviceChanged(device, change));
    this.udp = new UdpTable(this);
    this.tcp = new TcpTable(environment, this.ipv4, this.router, ipv4Settings, counters);
    this.raw = new RawTable(this);
    link.addDevice(loopback);
  }

  #deviceChanged(device: NetDevice, change: DeviceChange): void {
    const { fib, addresses, neighbours, groups } = this;
    switch (change) {
      case 'up':
        if (device === this.loopback) this.#giveLoopbackAddress();
        addDeviceRoutes(fib, addresses, device);
        break;
      case 'down':
        removeDeviceRoutes(fib, device, 'unusable');
        neighbours.removeDevice(device);
        break;
      case 'removed':
        addresses.removeAll(device);
        removeDeviceRoutes(fib, device, 'all');
        neighbours.removeDevice(device);
        groups.removeDevice(device);
        this.deviceSettings.remove(device.index);
        break;
      case 'carrier':
        if (!device.carrier) neighbours.removeDevice(device);
        break;
      default:
        break;
    }
    fib.invalidate();
  }

  /** As Linux: `lo` gets its address when it first comes up. */
  #giveLoopbackAddress(): void {
    if (this.addresses.of(this.loopback).length > 0) return;
    this.addresses.add({
      device: this.loopback,
      local: IPV4_LOOPBACK,
      peer: IPV4_LOOPBACK,
      prefixLength: 8,
      broadcast: 0,
      scope: RT_SCOPE_HOST,
      label: 'lo',
      flags: IFA_F_PERMANENT,
      metric: 0,
      protocol: 0,
      validLifetime: INFINITE_LIFETIME,
      preferredLifetime: INFINITE_LIFETIME,
      createdNs: this.environment.timers.now(),
    });
  }
}

/** Brings a device up as `ip link set DEVICE up` does. */
export function bringUp(device: NetDevice): void {
  device.setFlags(IFF_UP, IFF_UP);
}
