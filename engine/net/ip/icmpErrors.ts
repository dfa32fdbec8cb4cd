import {
  ECONNREFUSED,
  EHOSTDOWN,
  EHOSTUNREACH,
  EMSGSIZE,
  ENETUNREACH,
  ENONET,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPROTO,
} from '../../abi/errno.ts';
import { ICMP_DEST_UNREACH, ICMP_PARAMETER_PROBLEM, ICMP_TIME_EXCEEDED } from '../wire/icmp.ts';

export interface IcmpErrorMeaning {
  readonly errno: number;
  readonly isFatal: boolean;
}

const SOFT = false;
const FATAL = true;

/** By code of ICMP_DEST_UNREACH; what Linux's sockets see (ip(7), RFC 1122 section 4.2.3.9). */
const UNREACHABLE: readonly (readonly [errno: number, isFatal: boolean])[] = [
  [ENETUNREACH, SOFT],
  [EHOSTUNREACH, SOFT],
  [ENOPROTOOPT, FATAL],
  [ECONNREFUSED, FATAL],
  [EMSGSIZE, SOFT],
  [EOPNOTSUPP, SOFT],
  [ENETUNREACH, FATAL],
  [EHOSTDOWN, FATAL],
  [ENONET, FATAL],
  [ENETUNREACH, FATAL],
  [EHOSTUNREACH, FATAL],
  [ENETUNREACH, SOFT],
  [EHOSTUNREACH, SOFT],
  [EHOSTUNREACH, FATAL],
  [EHOSTUNREACH, FATAL],
  [EHOSTUNREACH, FATAL],
];

/** What an ICMP error means to a socket; undefined for messages that are none of its business. */
export function icmpErrorMeaning(type: number, code: number): IcmpErrorMeaning | undefined {
  if (type === ICMP_TIME_EXCEEDED) return { errno: EHOSTUNREACH, isFatal: SOFT };
  if (type === ICMP_PARAMETER_PROBLEM) return { errno: EPROTO, isFatal: FATAL };
  if (type !== ICMP_DEST_UNREACH || code >= UNREACHABLE.length) return undefined;
  const [errno, isFatal] = UNREACHABLE[code];
  return { errno, isFatal };
}
