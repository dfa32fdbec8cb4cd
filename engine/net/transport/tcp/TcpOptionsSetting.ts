/** What tcp(7) lets a socket choose; a listener's children inherit it. Times are in nanoseconds. */
export interface TcpOptionsSetting {
  noDelay: boolean;
  cork: boolean;
  quickAck: boolean;
  keepAlive: boolean;
  /** 0: the sysctl's value. */
  keepAliveIdleNs: number;
  keepAliveIntervalNs: number;
  keepAliveCount: number;
  /** TCP_SYNCNT; 0: the sysctl's value. */
  synRetries: number;
  /** TCP_MAXSEG; 0: none. */
  maximumSegment: number;
  /** TCP_WINDOW_CLAMP; 0: none. */
  windowClamp: number;
  /** TCP_USER_TIMEOUT; 0: the sysctl's retries. */
  userTimeoutNs: number;
  /** TCP_LINGER2; 0: the sysctl's value, negative: no FIN-WAIT-2 for orphans. */
  finTimeoutNs: number;
  /** SO_OOBINLINE. */
  urgentInline: boolean;
  /** SO_RCVLOWAT. */
  receiveLowWater: number;
  /** TCP_NOTSENT_LOWAT; 0: none. */
  unsentLowWater: number;
  /** TCP_DEFER_ACCEPT in seconds; 0: off. */
  deferAccept: number;
  /** SO_RCVBUF and SO_SNDBUF as set; 0 lets them adapt. */
  receiveBuffer: number;
  sendBuffer: number;
}

export function makeTcpOptionsSetting(): TcpOptionsSetting {
  return {
    noDelay: false,
    cork: false,
    quickAck: false,
    keepAlive: false,
    keepAliveIdleNs: 0,
    keepAliveIntervalNs: 0,
    keepAliveCount: 0,
    synRetries: 0,
    maximumSegment: 0,
    windowClamp: 0,
    userTimeoutNs: 0,
    finTimeoutNs: 0,
    urgentInline: false,
    receiveLowWater: 1,
    unsentLowWater: 0,
    deferAccept: 0,
    receiveBuffer: 0,
    sendBuffer: 0,
  };
}
