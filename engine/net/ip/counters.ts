/** The counters of RFC 4293, 4022 and 4113 as /proc/net/snmp names them, in its order; and those of /proc/net/netstat we keep. */
const IP_COUNTERS = [
  'InReceives',
  'InHdrErrors',
  'InAddrErrors',
  'ForwDatagrams',
  'InUnknownProtos',
  'InDiscards',
  'InDelivers',
  'OutRequests',
  'OutDiscards',
  'OutNoRoutes',
  'ReasmTimeout',
  'ReasmReqds',
  'ReasmOKs',
  'ReasmFails',
  'FragOKs',
  'FragFails',
  'FragCreates',
] as const;

const ICMP_COUNTERS = [
  'InMsgs',
  'InErrors',
  'InCsumErrors',
  'InDestUnreachs',
  'InTimeExcds',
  'InParmProbs',
  'InSrcQuenchs',
  'InRedirects',
  'InEchos',
  'InEchoReps',
  'InTimestamps',
  'InTimestampReps',
  'InAddrMasks',
  'InAddrMaskReps',
  'OutMsgs',
  'OutErrors',
  'OutDestUnreachs',
  'OutTimeExcds',
  'OutParmProbs',
  'OutSrcQuenchs',
  'OutRedirects',
  'OutEchos',
  'OutEchoReps',
  'OutTimestamps',
  'OutTimestampReps',
  'OutAddrMasks',
  'OutAddrMaskReps',
] as const;

const TCP_COUNTERS = [
  'ActiveOpens',
  'PassiveOpens',
  'AttemptFails',
  'EstabResets',
  'CurrEstab',
  'InSegs',
  'OutSegs',
  'RetransSegs',
  'InErrs',
  'OutRsts',
  'InCsumErrors',
] as const;

const UDP_COUNTERS = [
  'InDatagrams',
  'NoPorts',
  'InErrors',
  'OutDatagrams',
  'RcvbufErrors',
  'SndbufErrors',
  'InCsumErrors',
] as const;

const TCP_EXTENDED_COUNTERS = [
  'TW',
  'TWRecycled',
  'PAWSActive',
  'PAWSEstab',
  'DelayedACKs',
  'ListenOverflows',
  'ListenDrops',
  'TCPSackRecovery',
  'TCPRenoRecovery',
  'TCPLossProbes',
  'TCPFastRetrans',
  'TCPTimeouts',
  'TCPOFOQueue',
  'TCPChallengeACK',
  'TCPSYNChallenge',
  'TCPKeepAlive',
  'TCPAbortOnData',
  'TCPAbortOnClose',
  'TCPAbortOnTimeout',
  'TCPDSACKOldSent',
  'TCPRetransFail',
] as const;

const IP_EXTENDED_COUNTERS = [
  'InNoRoutes',
  'InTruncatedPkts',
  'InMcastPkts',
  'OutMcastPkts',
  'InBcastPkts',
  'OutBcastPkts',
  'InOctets',
  'OutOctets',
  'InMcastOctets',
  'OutMcastOctets',
  'InBcastOctets',
  'OutBcastOctets',
] as const;

function zeroes<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

export function makeCounters() {
  return {
    ip: zeroes(IP_COUNTERS),
    icmp: zeroes(ICMP_COUNTERS),
    tcp: zeroes(TCP_COUNTERS),
    udp: zeroes(UDP_COUNTERS),
    tcpExtended: zeroes(TCP_EXTENDED_COUNTERS),
    ipExtended: zeroes(IP_EXTENDED_COUNTERS),
    /** Messages by type, for the IcmpMsg line. */
    icmpInTypes: new Map<number, number>(),
    icmpOutTypes: new Map<number, number>(),
  };
}

export type Counters = ReturnType<typeof makeCounters>;
