/** What sysctl(8) can change below net.ipv4; defaults are those of Linux 6.1 (Documentation/networking/ip-sysctl). */
export interface Ipv4Settings {
  ip_default_ttl: number;
  ip_no_pmtu_disc: number;
  ip_local_port_range: [number, number];
  ip_nonlocal_bind: number;
  ipfrag_time: number;
  ipfrag_high_thresh: number;
  icmp_echo_ignore_all: number;
  icmp_echo_ignore_broadcasts: number;
  icmp_ratelimit: number;
  icmp_ratemask: number;
  ping_group_range: [number, number];
  tcp_syn_retries: number;
  tcp_synack_retries: number;
  tcp_retries1: number;
  tcp_retries2: number;
  tcp_orphan_retries: number;
  tcp_fin_timeout: number;
  tcp_keepalive_time: number;
  tcp_keepalive_probes: number;
  tcp_keepalive_intvl: number;
  tcp_window_scaling: number;
  tcp_timestamps: number;
  tcp_sack: number;
  tcp_abort_on_overflow: number;
  tcp_moderate_rcvbuf: number;
  tcp_rmem: [number, number, number];
  tcp_wmem: [number, number, number];
}

export function makeIpv4Settings(): Ipv4Settings {
  return {
    ip_default_ttl: 64,
    ip_no_pmtu_disc: 0,
    ip_local_port_range: [32768, 60999],
    ip_nonlocal_bind: 0,
    ipfrag_time: 30,
    ipfrag_high_thresh: 4 * 1024 * 1024,
    icmp_echo_ignore_all: 0,
    icmp_echo_ignore_broadcasts: 1,
    icmp_ratelimit: 1000,
    icmp_ratemask: 0x1818,
    // Linux starts with [1, 0], nobody; systemd's default, which Debian's ping relies on, is everybody.
    ping_group_range: [0, 0x7fff_ffff],
    tcp_syn_retries: 6,
    tcp_synack_retries: 5,
    tcp_retries1: 3,
    tcp_retries2: 15,
    tcp_orphan_retries: 0,
    tcp_fin_timeout: 60,
    tcp_keepalive_time: 7200,
    tcp_keepalive_probes: 9,
    tcp_keepalive_intvl: 75,
    tcp_window_scaling: 1,
    tcp_timestamps: 1,
    tcp_sack: 1,
    tcp_abort_on_overflow: 0,
    tcp_moderate_rcvbuf: 1,
    tcp_rmem: [4096, 131072, 6291456],
    tcp_wmem: [4096, 16384, 4194304],
  };
}

/** net.core */
export interface CoreSettings {
  somaxconn: number;
  rmem_default: number;
  rmem_max: number;
  wmem_default: number;
  wmem_max: number;
}

export function makeCoreSettings(): CoreSettings {
  return {
    somaxconn: 4096,
    rmem_default: 212992,
    rmem_max: 212992,
    wmem_default: 212992,
    wmem_max: 212992,
  };
}

/** net.ipv4.conf.DEVICE */
export interface DeviceSettings {
  forwarding: number;
  rp_filter: number;
  send_redirects: number;
  accept_local: number;
  route_localnet: number;
  arp_ignore: number;
}

function makeDeviceSettings(): DeviceSettings {
  return {
    forwarding: 0,
    rp_filter: 0,
    send_redirects: 1,
    accept_local: 0,
    route_localnet: 0,
    arp_ignore: 0,
  };
}

/** net.ipv4.neigh.DEVICE */
export interface NeighbourSettings {
  base_reachable_time_ms: number;
  retrans_time_ms: number;
  delay_first_probe_time: number;
  ucast_solicit: number;
  mcast_solicit: number;
  unres_qlen_bytes: number;
}

export function makeNeighbourSettings(): NeighbourSettings {
  return {
    base_reachable_time_ms: 30000,
    retrans_time_ms: 1000,
    delay_first_probe_time: 5,
    ucast_solicit: 3,
    mcast_solicit: 3,
    unres_qlen_bytes: 212992,
  };
}

/** net.ipv4.conf: `all` and `default` beside one set a device, which `default` seeds. */
export class DeviceSettingsTable {
  readonly all: DeviceSettings = makeDeviceSettings();
  readonly default: DeviceSettings = makeDeviceSettings();
  readonly #byIndex = new Map<number, DeviceSettings>();

  of(index: number): DeviceSettings {
    let settings = this.#byIndex.get(index);
    if (settings === undefined) {
      settings = { ...this.default };
      this.#byIndex.set(index, settings);
    }
    return settings;
  }

  remove(index: number): void {
    this.#byIndex.delete(index);
  }

  /** net.ipv4.ip_forward: sets every device, `all` and `default`, as ip-sysctl says. */
  setForwarding(value: number): void {
    this.all.forwarding = value;
    this.default.forwarding = value;
    for (const settings of this.#byIndex.values()) settings.forwarding = value;
  }
}
