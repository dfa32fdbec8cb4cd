/** The states of RFC 9293 section 3.3.2, numbered as Linux shows them (/proc/net/tcp, TCP_INFO, sock_diag). */
export const TCP_ESTABLISHED = 1;
export const TCP_SYN_SENT = 2;
export const TCP_SYN_RECEIVED = 3;
export const TCP_FIN_WAIT1 = 4;
export const TCP_FIN_WAIT2 = 5;
export const TCP_TIME_WAIT = 6;
export const TCP_CLOSED = 7;
export const TCP_CLOSE_WAIT = 8;
export const TCP_LAST_ACK = 9;
export const TCP_LISTEN = 10;
export const TCP_CLOSING = 11;

/** States of congestion control as TCP_INFO shows them (linux/tcp.h). */
export const CONGESTION_OPEN = 0;
export const CONGESTION_DISORDER = 1;
export const CONGESTION_RECOVERY = 3;
export const CONGESTION_LOSS = 4;

/** True where the connection is synchronised and our side may still send new data. */
export function maySend(state: number): boolean {
  return state === TCP_ESTABLISHED || state === TCP_CLOSE_WAIT;
}

/** True where the far end may still send data. */
export function mayReceive(state: number): boolean {
  return state === TCP_ESTABLISHED || state === TCP_FIN_WAIT1 || state === TCP_FIN_WAIT2;
}
