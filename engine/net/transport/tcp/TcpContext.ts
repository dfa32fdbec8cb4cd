import type { NetEnvironment } from '../../environment.ts';
import type { Counters } from '../../ip/counters.ts';
import type { Ipv4 } from '../../ip/Ipv4.ts';
import type { Router } from '../../ip/Router.ts';
import type { Ipv4Settings } from '../../ip/settings.ts';
import type { PortTable } from '../PortTable.ts';
import type { TcpConnection } from './TcpConnection.ts';

/** What connections share: the stack below them and the table that finds them. */
export interface TcpContext {
  readonly environment: NetEnvironment;
  readonly ipv4: Ipv4;
  readonly router: Router;
  readonly settings: Ipv4Settings;
  readonly counters: Counters;
  readonly ports: PortTable;
  /** Makes the connection findable by its four addresses; false when another one has them. */
  register(connection: TcpConnection): boolean;
  unregister(connection: TcpConnection): void;
  /** A starting sequence number (RFC 9293 section 3.4.1). */
  initialSequence(localAddress: number, localPort: number, remoteAddress: number, remotePort: number): number;
}

/** What a connection that was made by a listener tells it. */
export interface ConnectionParent {
  established(connection: TcpConnection): void;
  /** The connection ended before it was established or accepted. */
  abandoned(connection: TcpConnection): void;
  /** True when no more connections can wait to be accepted. */
  readonly isFull: boolean;
}
