/** The options of IPPROTO_TCP (tcp(7)), on a connection or on what a listener's children inherit. */

import { EINVAL, ENOPROTOOPT } from '../../../abi/errno.ts';
import {
  TCP_CONGESTION,
  TCP_CORK,
  TCP_DEFER_ACCEPT,
  TCP_INFO,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_LINGER2,
  TCP_MAXSEG,
  TCP_NODELAY,
  TCP_NOTSENT_LOWAT,
  TCP_QUICKACK,
  TCP_SYNCNT,
  TCP_USER_TIMEOUT,
  TCP_WINDOW_CLAMP,
} from '../../../abi/socket.ts';
import { TCP_ESTABLISHED } from '../../transport/tcp/state.ts';
import type { TcpConnection } from '../../transport/tcp/TcpConnection.ts';
import { intValue, nameValue } from '../optionValue.ts';
import { makeTcpInfo } from './tcpInfo.ts';

const SECOND_NS = 1_000_000_000;
const MILLISECOND_NS = 1_000_000;
/** TCP_CONGESTION: the one there is. */
export const CONGESTION_CONTROL = 'reno';

/** 0, or a negative errno. */
export function setTcpOption(connection: TcpConnection, name: number, value: number): number {
  const tcp = connection.options;
  switch (name) {
    case TCP_NODELAY:
      tcp.noDelay = value !== 0;
      return 0;
    case TCP_CORK:
      tcp.cork = value !== 0;
      return 0;
    case TCP_QUICKACK:
      tcp.quickAck = value !== 0;
      return 0;
    case TCP_MAXSEG:
      return connection.setMaximumSegment(value);
    case TCP_KEEPIDLE:
      if (value < 1 || value > 32767) return -EINVAL;
      tcp.keepAliveIdleNs = value * SECOND_NS;
      return 0;
    case TCP_KEEPINTVL:
      if (value < 1 || value > 32767) return -EINVAL;
      tcp.keepAliveIntervalNs = value * SECOND_NS;
      return 0;
    case TCP_KEEPCNT:
      if (value < 1 || value > 127) return -EINVAL;
      tcp.keepAliveCount = value;
      return 0;
    case TCP_SYNCNT:
      if (value < 1 || value > 127) return -EINVAL;
      tcp.synRetries = value;
      return 0;
    case TCP_LINGER2:
      tcp.finTimeoutNs = value < 0 ? -1 : Math.min(value, 120) * SECOND_NS;
      return 0;
    case TCP_WINDOW_CLAMP:
      tcp.windowClamp = value;
      connection.window.resize();
      return 0;
    case TCP_USER_TIMEOUT:
      if (value < 0) return -EINVAL;
      tcp.userTimeoutNs = value * MILLISECOND_NS;
      return 0;
    case TCP_NOTSENT_LOWAT:
      tcp.unsentLowWater = value >>> 0;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

/** `state` is that of the socket, which may listen. */
export function getTcpOption(connection: TcpConnection, state: number, name: number): Uint8Array | number {
  const tcp = connection.options;
  const ipv4Settings = connection.context.settings;
  switch (name) {
    case TCP_NODELAY:
      return intValue(tcp.noDelay ? 1 : 0);
    case TCP_CORK:
      return intValue(tcp.cork ? 1 : 0);
    case TCP_QUICKACK:
      return intValue(tcp.quickAck || connection.quickAcks > 0 ? 1 : 0);
    case TCP_MAXSEG:
      return intValue(connection.state === TCP_ESTABLISHED ? connection.mss : tcp.maximumSegment || 536);
    case TCP_KEEPIDLE:
      return intValue(tcp.keepAliveIdleNs / SECOND_NS || ipv4Settings.tcp_keepalive_time);
    case TCP_KEEPINTVL:
      return intValue(tcp.keepAliveIntervalNs / SECOND_NS || ipv4Settings.tcp_keepalive_intvl);
    case TCP_KEEPCNT:
      return intValue(tcp.keepAliveCount || ipv4Settings.tcp_keepalive_probes);
    case TCP_SYNCNT:
      return intValue(tcp.synRetries || ipv4Settings.tcp_syn_retries);
    case TCP_LINGER2:
      return intValue(tcp.finTimeoutNs < 0 ? -1 : tcp.finTimeoutNs / SECOND_NS || ipv4Settings.tcp_fin_timeout);
    case TCP_DEFER_ACCEPT:
      return intValue(0);
    case TCP_WINDOW_CLAMP:
      return intValue(tcp.windowClamp);
    case TCP_USER_TIMEOUT:
      return intValue(tcp.userTimeoutNs / MILLISECOND_NS);
    case TCP_NOTSENT_LOWAT:
      return intValue(tcp.unsentLowWater);
    case TCP_CONGESTION:
      return nameValue(CONGESTION_CONTROL, 16);
    case TCP_INFO: {
      const info = makeTcpInfo(connection);
      info[0] = state;
      return info;
    }
    default:
      return -ENOPROTOOPT;
  }
}
