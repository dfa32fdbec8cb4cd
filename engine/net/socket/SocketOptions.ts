/** What SOL_SOCKET options hold, for every family (socket(7)). Times are in nanoseconds, 0 for none. */
export interface SocketOptions {
  reuseAddress: boolean;
  reusePort: boolean;
  keepAlive: boolean;
  broadcast: boolean;
  passCredentials: boolean;
  timestamp: 'none' | 'microseconds' | 'nanoseconds';
  reportDrops: boolean;
  urgentInline: boolean;
  dontRoute: boolean;
  receiveTimeoutNs: number;
  sendTimeoutNs: number;
  receiveLowWater: number;
  /** Seconds; -1 when SO_LINGER is off. */
  lingerSeconds: number;
  /** As getsockopt shows them: twice what was asked for. */
  receiveBuffer: number;
  sendBuffer: number;
  /** SO_RCVBUF, SO_SNDBUF were set: no tuning any more. */
  receiveBufferIsSet: boolean;
  sendBufferIsSet: boolean;
  deviceIndex: number;
  mark: number;
  priority: number;
}

export function makeSocketOptions(receiveBuffer: number, sendBuffer: number): SocketOptions {
  return {
    reuseAddress: false,
    reusePort: false,
    keepAlive: false,
    broadcast: false,
    passCredentials: false,
    timestamp: 'none',
    reportDrops: false,
    urgentInline: false,
    dontRoute: false,
    receiveTimeoutNs: 0,
    sendTimeoutNs: 0,
    receiveLowWater: 1,
    lingerSeconds: -1,
    receiveBuffer,
    sendBuffer,
    receiveBufferIsSet: false,
    sendBufferIsSet: false,
    deviceIndex: 0,
    mark: 0,
    priority: 0,
  };
}
