/** The fields of `struct rtnl_link_stats64`, in its order (linux/if_link.h). Netlink, sysfs and /proc/net/dev print from this. */
export const DEVICE_STATISTICS = [
  'rx_packets',
  'tx_packets',
  'rx_bytes',
  'tx_bytes',
  'rx_errors',
  'tx_errors',
  'rx_dropped',
  'tx_dropped',
  'multicast',
  'collisions',
  'rx_length_errors',
  'rx_over_errors',
  'rx_crc_errors',
  'rx_frame_errors',
  'rx_fifo_errors',
  'rx_missed_errors',
  'tx_aborted_errors',
  'tx_carrier_errors',
  'tx_fifo_errors',
  'tx_heartbeat_errors',
  'tx_window_errors',
  'rx_compressed',
  'tx_compressed',
  'rx_nohandler',
] as const;

export type DeviceStatistic = (typeof DEVICE_STATISTICS)[number];
export type DeviceStatistics = Record<DeviceStatistic, number>;

export function makeDeviceStatistics(): DeviceStatistics {
  return Object.fromEntries(DEVICE_STATISTICS.map((name) => [name, 0])) as DeviceStatistics;
}
