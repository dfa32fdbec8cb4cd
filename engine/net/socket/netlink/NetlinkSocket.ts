import { CAP_NET_ADMIN } from '../../../process/Capabilities.ts';
import {
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  EINVAL,
  ENOBUFS,
  ENOPROTOOPT,
  ENOTTY,
  EOPNOTSUPP,
  EPERM,
} from '../../../abi/errno.ts';
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../../abi/poll.ts';
import {
  AF_NETLINK,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_CAP_ACK,
  NETLINK_DROP_MEMBERSHIP,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  NETLINK_LIST_MEMBERSHIPS,
  NETLINK_NO_ENOBUFS,
  NETLINK_PKTINFO,
  SOL_NETLINK,
} from '../../../abi/socket.ts';
import { isCapable } from '../../../process/Credentials.ts';
import type { Credentials } from '../../../process/Credentials.ts';
import type { Actor } from '../../../vfs/Actor.ts';
import {
  MessageWriter,
  NLM_F_ACK,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HEADER_SIZE,
  NLMSG_MIN_TYPE,
  Refusal,
  parseMessages,
  type Request,
} from '../../netlink/message.ts';
import type { GroupListener, Outcome } from '../../netlink/RouteNetlink.ts';
import type { NetStack } from '../../NetStack.ts';
import { readU16Host, readU32Host, writeU16Host, writeU32Host } from '../../wire/bytes.ts';
import type { ReceivedMessage, SentMessage } from '../messages.ts';
import { intValue, readInt } from '../optionValue.ts';
import { Socket } from '../Socket.ts';

const SOCKADDR_NL_SIZE = 12;
const MAXIMUM_MESSAGE = 1 << 20;
/** Dumps come in datagrams of at most this size, for which every program has room (netlink(7), NOTES). */
const DUMP_DATAGRAM = 8192;
const NLMSGERR_ATTR_MSG = 1;
const MAXIMUM_GROUP = 64;
const OVERHEAD_BYTES = 768;

/** What stands behind a netlink protocol. */
export interface NetlinkFamily {
  handle(request: Request, credentials: Credentials, isStrict: boolean, portId: number): Outcome;
  subscribe(listener: GroupListener): void;
  unsubscribe(listener: GroupListener): void;
}

/** Gives out port numbers: the process's number first, then others (netlink(7), nl_pid). */
export interface PortNumbers {
  /** True when the number was free, and is taken now. */
  take(protocol: number, portId: number): boolean;
  release(protocol: number, portId: number): void;
}

interface Queued {
  readonly bytes: Uint8Array;
  /** The multicast group that it came to; 0 for answers. */
  readonly group: number;
}

/** A netlink(7) socket: requests in, answers and notifications out. */
export class NetlinkSocket extends Socket implements GroupListener {
  readonly #family: NetlinkFamily;
  readonly #ports: PortNumbers;
  readonly #groups = new Set<number>();
  #portId = 0;
  #isBound = false;
  #queue: Queued[] = [];
  #queuedBytes = 0;
  #error = 0;
  #hasExtendedAck = false;
  #capsAck = false;
  #isStrict = false;
  #ignoresOverrun = false;
  #wantsPacketInfo = false;

  constructor(stack: NetStack, type: number, protocol: number, family: NetlinkFamily, ports: PortNumbers) {
    super(stack, AF_NETLINK, type, protocol);
    this.#family = family;
    this.#ports = ports;
    family.subscribe(this);
  }

  get portId(): number {
    return this.#portId;
  }

  get groupMask(): number {
    let mask = 0;
    for (const group of this.#groups) if (group <= 32) mask |= 1 << (group - 1);
    return mask >>> 0;
  }

  override bind(bytes: Uint8Array, actor: Actor): number {
    if (bytes.length < SOCKADDR_NL_SIZE || readU16Host(bytes, 0) !== AF_NETLINK) return -EINVAL;
    const portId = readU32Host(bytes, 4);
    if (this.#isBound) {
      if (portId !== this.#portId) return -EINVAL;
    } else {
      const error = this.#bindTo(portId, actor);
      if (error < 0) return error;
    }
    const mask = readU32Host(bytes, 8);
    for (let group = 1; group <= 32; group++) {
      if (((mask >>> (group - 1)) & 1) === 1) this.#groups.add(group);
      else this.#groups.delete(group);
    }
    return 0;
  }

  override connect(bytes: Uint8Array, actor: Actor): number {
    if (bytes.length < SOCKADDR_NL_SIZE || readU16Host(bytes, 0) !== AF_NETLINK) return -EINVAL;
    // Only the kernel is there to talk to.
    if (readU32Host(bytes, 4) !== 0) return -ECONNREFUSED;
    return this.#isBound ? 0 : this.#bindTo(0, actor);
  }

  override getName(): Uint8Array {
    return netlinkAddress(this.#portId, this.groupMask);
  }

  override getPeerName(): Uint8Array {
    return netlinkAddress(0, 0);
  }

  override shutdown(): number {
    return -EOPNOTSUPP;
  }

  override send(message: SentMessage): number {
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    if (message.address !== null) {
      if (message.address.length < SOCKADDR_NL_SIZE || readU16Host(message.address, 0) !== AF_NETLINK) return -EINVAL;
      const mustBeRoot = readU32Host(message.address, 8) !== 0;
      if (mustBeRoot && !isCapable(message.sender.credentials, CAP_NET_ADMIN)) return -EPERM;
      if (readU32Host(message.address, 4) !== 0) return -ECONNREFUSED;
    }
    if (!this.#isBound) {
      const error = this.#bindTo(0, message.sender);
      if (error < 0) return error;
    }
    const length = message.source.remaining;
    if (length > MAXIMUM_MESSAGE) return -ENOBUFS;
    const bytes = new Uint8Array(length);
    const got = length === 0 ? 0 : message.source.take(bytes, 0, length);
    if (got < 0) return got;
    for (const request of parseMessages(bytes)) this.#process(request, message.sender.credentials);
    return length;
  }

  override receive(message: ReceivedMessage): number {
    if (this.#error !== 0) return -this.takeError();
    const item = this.#queue.at(0);
    if (item === undefined) return -EAGAIN;
    const length = item.bytes.length;
    const count = Math.min(length, message.target.remaining);
    const put = count === 0 ? 0 : message.target.put(item.bytes, 0, count);
    if (put < 0) return put;
    if ((message.flags & MSG_PEEK) === 0) {
      this.#queue.shift();
      this.#queuedBytes -= OVERHEAD_BYTES + length;
    }
    if (length > count) message.outFlags |= MSG_TRUNC;
    message.address = netlinkAddress(0, item.group === 0 || item.group > 32 ? 0 : (1 << (item.group - 1)) >>> 0);
    if (this.#wantsPacketInfo) {
      message.control.push({ level: SOL_NETLINK, type: NETLINK_PKTINFO, data: intValue(item.group) });
    }
    return (message.flags & MSG_TRUNC) !== 0 ? length : count;
  }

  override poll(): number {
    let events = POLLOUT | POLLWRNORM;
    if (this.#queue.length > 0) events |= POLLIN | POLLRDNORM;
    if (this.#error !== 0) events |= POLLERR;
    return events;
  }

  override takeError(): number {
    const error = this.#error;
    this.#error = 0;
    return error;
  }

  override close(): void {
    this.#family.unsubscribe(this);
    if (this.#isBound) this.#ports.release(this.protocol, this.#portId);
    this.#queue = [];
  }

  override ioctl(): number {
    return -ENOTTY;
  }

  notify(group: number, message: Uint8Array): void {
    if (!this.#groups.has(group)) return;
    if (this.#queuedBytes > this.options.receiveBuffer) {
      if (this.#ignoresOverrun) return;
      this.#error = ENOBUFS;
      this.readinessChanged(POLLERR);
      return;
    }
    this.#push(message, group);
  }

  override setOption(level: number, name: number, value: Uint8Array, actor: Actor): number {
    if (level !== SOL_NETLINK) return super.setOption(level, name, value, actor);
    const number = readInt(value);
    if (number === undefined) return -EINVAL;
    const isOn = number !== 0;
    switch (name) {
      case NETLINK_ADD_MEMBERSHIP:
      case NETLINK_DROP_MEMBERSHIP:
        if (number < 1 || number > MAXIMUM_GROUP) return -EINVAL;
        if (name === NETLINK_ADD_MEMBERSHIP) this.#groups.add(number);
        else this.#groups.delete(number);
        return 0;
      case NETLINK_PKTINFO:
        this.#wantsPacketInfo = isOn;
        return 0;
      case NETLINK_NO_ENOBUFS:
        this.#ignoresOverrun = isOn;
        return 0;
      case NETLINK_CAP_ACK:
        this.#capsAck = isOn;
        return 0;
      case NETLINK_EXT_ACK:
        this.#hasExtendedAck = isOn;
        return 0;
      case NETLINK_GET_STRICT_CHK:
        this.#isStrict = isOn;
        return 0;
      default:
        return -ENOPROTOOPT;
    }
  }

  override getOption(level: number, name: number, current: Uint8Array): Uint8Array | number {
    if (level !== SOL_NETLINK) return super.getOption(level, name, current);
    switch (name) {
      case NETLINK_PKTINFO:
        return intValue(this.#wantsPacketInfo ? 1 : 0);
      case NETLINK_NO_ENOBUFS:
        return intValue(this.#ignoresOverrun ? 1 : 0);
      case NETLINK_CAP_ACK:
        return intValue(this.#capsAck ? 1 : 0);
      case NETLINK_EXT_ACK:
        return intValue(this.#hasExtendedAck ? 1 : 0);
      case NETLINK_GET_STRICT_CHK:
        return intValue(this.#isStrict ? 1 : 0);
      case NETLINK_LIST_MEMBERSHIPS: {
        const value = new Uint8Array(8);
        writeU32Host(value, 0, this.groupMask);
        return value;
      }
      default:
        return -ENOPROTOOPT;
    }
  }

  /** The process's number when free, else one from above those of processes. */
  #bindTo(wanted: number, actor: Actor): number {
    let portId = wanted === 0 ? (actor.process?.pid ?? 0) : wanted;
    if (portId === 0 || !this.#ports.take(this.protocol, portId)) {
      if (wanted !== 0) return -EADDRINUSE;
      do portId = (0x8000_0000 | this.stack.environment.random.next32()) >>> 0;
      while (!this.#ports.take(this.protocol, portId));
    }
    this.#portId = portId;
    this.#isBound = true;
    return 0;
  }

  #process(request: Request, credentials: Credentials): void {
    if (request.type < NLMSG_MIN_TYPE || (request.flags & NLM_F_REQUEST) === 0) {
      if ((request.flags & NLM_F_ACK) !== 0) this.#acknowledge(request, new Refusal(0));
      return;
    }
    const outcome = this.#family.handle(request, credentials, this.#isStrict, this.#portId);
    switch (outcome.kind) {
      case 'refused':
        this.#acknowledge(request, outcome.refusal);
        break;
      case 'dump':
        this.#pushDump(outcome.messages, request.sequence);
        break;
      case 'answer':
        for (const message of outcome.messages) this.#push(message, 0);
        if ((request.flags & NLM_F_ACK) !== 0) this.#acknowledge(request, new Refusal(0));
        break;
      case 'done':
        if ((request.flags & NLM_F_ACK) !== 0) this.#acknowledge(request, new Refusal(0));
        break;
    }
  }

  /** NLMSG_ERROR: the result, the request (its header only on success or with NETLINK_CAP_ACK), and a sentence. */
  #acknowledge(request: Request, refusal: Refusal): void {
    const isWhole = refusal.errno !== 0 && !this.#capsAck;
    const hasText = this.#hasExtendedAck && refusal.text !== '';
    const flags = (isWhole ? 0 : NLM_F_CAPPED) | (hasText ? NLM_F_ACK_TLVS : 0);
    const writer = new MessageWriter(NLMSG_ERROR, flags, request.sequence, this.#portId);
    writeU32Host(writer.header(4), 0, refusal.errno >>> 0);
    writer.raw(isWhole ? request.message : request.message.subarray(0, NLMSG_HEADER_SIZE));
    if (hasText) writer.text(NLMSGERR_ATTR_MSG, refusal.text);
    this.#push(writer.finish(), 0);
  }

  #pushDump(messages: readonly Uint8Array[], sequence: number): void {
    const done = new MessageWriter(NLMSG_DONE, NLM_F_MULTI, sequence, this.#portId);
    done.header(4);
    let batch: Uint8Array[] = [];
    let size = 0;
    for (const message of messages) {
      if (size + message.length > DUMP_DATAGRAM && batch.length > 0) {
        this.#push(join(batch, size), 0);
        batch = [];
        size = 0;
      }
      batch.push(message);
      size += message.length;
    }
    if (batch.length > 0) this.#push(join(batch, size), 0);
    this.#push(done.finish(), 0);
  }

  #push(bytes: Uint8Array, group: number): void {
    this.#queue.push({ bytes, group });
    this.#queuedBytes += OVERHEAD_BYTES + bytes.length;
    this.readinessChanged(POLLIN | POLLRDNORM);
  }
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `struct sockaddr_nl`. */
function netlinkAddress(portId: number, groups: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_NL_SIZE);
  writeU16Host(bytes, 0, AF_NETLINK);
  writeU32Host(bytes, 4, portId);
  writeU32Host(bytes, 8, groups);
  return bytes;
}
