import { CAP_NET_ADMIN } from '../../process/Capabilities.ts';
import { EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import { isCapable } from '../../process/Credentials.ts';
import type { Credentials } from '../../process/Credentials.ts';
import { NUD_NONE } from '../ip/Neighbour.ts';
import type { NetStack } from '../NetStack.ts';
import { addressMessage, deleteAddress, dumpAddresses, newAddress } from './addressMessages.ts';
import { changeLink, dumpLinks, getLink, linkMessage } from './linkMessages.ts';
import { NLM_F_DUMP, NLM_F_DUMP_FILTERED, NLM_F_MULTI, Refusal, type Request } from './message.ts';
import { deleteNeighbour, dumpNeighbours, getNeighbour, neighbourMessage, newNeighbour } from './neighbourMessages.ts';
import { deleteRoute, dumpRoutes, getRoute, newRoute, routeMessage } from './routeMessages.ts';
import {
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_DELNEIGH,
  RTM_DELROUTE,
  RTM_DELRULE,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_GETNEIGH,
  RTM_GETROUTE,
  RTM_GETRULE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWNEIGH,
  RTM_NEWROUTE,
  RTM_NEWRULE,
  RTM_SETLINK,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
  UNSOLICITED,
  type AnswerContext,
} from './rtnetlink.ts';
import { deleteRule, dumpRules, newRule, ruleMessage } from './ruleMessages.ts';

const AF_UNSPEC = 0;
const AF_INET = 2;

/** What a request brought: messages of an answer, a dump (which ends with NLMSG_DONE), nothing but success, or a refusal. */
export type Outcome =
  | { readonly kind: 'answer'; readonly messages: readonly Uint8Array[] }
  | { readonly kind: 'dump'; readonly messages: readonly Uint8Array[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Hears what is told to multicast groups. */
export interface GroupListener {
  notify(group: number, message: Uint8Array): void;
}

type Dump = (stack: NetStack, request: Request, isStrict: boolean, context: AnswerContext) => Uint8Array[] | Refusal;
type Get = (stack: NetStack, request: Request, context: AnswerContext) => Uint8Array[] | Refusal;
type Change = (stack: NetStack, request: Request) => Refusal | null;

/** What is asked for, by message type: as a dump, or about one object. */
const QUERIES = new Map<number, { readonly dump: Dump; readonly get: Get | null }>([
  [RTM_GETLINK, { dump: (stack, _request, _isStrict, context) => dumpLinks(stack, context), get: getLink }],
  [RTM_GETADDR, { dump: dumpAddresses, get: null }],
  [RTM_GETROUTE, { dump: dumpRoutes, get: getRoute }],
  [RTM_GETNEIGH, { dump: dumpNeighbours, get: getNeighbour }],
  [RTM_GETRULE, { dump: (stack, _request, _isStrict, context) => dumpRules(stack, context), get: null }],
]);

/** What changes something, by message type. */
const CHANGES = new Map<number, Change>([
  [RTM_NEWLINK, changeLink],
  [RTM_SETLINK, changeLink],
  [RTM_DELLINK, () => new Refusal(-EOPNOTSUPP, 'This device cannot be deleted')],
  [RTM_NEWADDR, newAddress],
  [RTM_DELADDR, deleteAddress],
  [RTM_NEWROUTE, newRoute],
  [RTM_DELROUTE, deleteRoute],
  [RTM_NEWNEIGH, newNeighbour],
  [RTM_DELNEIGH, deleteNeighbour],
  [RTM_NEWRULE, newRule],
  [RTM_DELRULE, deleteRule],
]);

/** NETLINK_ROUTE of one stack: answers requests, and tells groups what changed. */
export class RouteNetlink {
  readonly #stack: NetStack;
  readonly #listeners = new Set<GroupListener>();

  constructor(stack: NetStack) {
    this.#stack = stack;
    stack.link.listen((device, change) => {
      const type = change === 'removed' ? RTM_DELLINK : RTM_NEWLINK;
      this.#notify(RTNLGRP_LINK, () => linkMessage(device, UNSOLICITED, type));
    });
    stack.addresses.listen((address, change) => {
      const type = change === 'added' ? RTM_NEWADDR : RTM_DELADDR;
      this.#notify(RTNLGRP_IPV4_IFADDR, () => addressMessage(stack, address, UNSOLICITED, type));
    });
    stack.fib.listen((route, change) => {
      const type = change === 'removed' ? RTM_DELROUTE : RTM_NEWROUTE;
      this.#notify(RTNLGRP_IPV4_ROUTE, () => routeMessage(route, UNSOLICITED, type));
    });
    stack.fib.listenRules((rule, change) => {
      const type = change === 'added' ? RTM_NEWRULE : RTM_DELRULE;
      this.#notify(RTNLGRP_IPV4_RULE, () => ruleMessage(rule, UNSOLICITED, type));
    });
    stack.neighbours.listen((neighbour, change) => {
      if (neighbour.state === NUD_NONE) return;
      const type = change === 'removed' ? RTM_DELNEIGH : RTM_NEWNEIGH;
      this.#notify(RTNLGRP_NEIGH, () => neighbourMessage(stack, neighbour, UNSOLICITED, type));
    });
  }

  subscribe(listener: GroupListener): void {
    this.#listeners.add(listener);
  }

  unsubscribe(listener: GroupListener): void {
    this.#listeners.delete(listener);
  }

  /** `portId` is the asker's, which answers carry. */
  handle(request: Request, credentials: Credentials, isStrict: boolean, portId: number): Outcome {
    const query = QUERIES.get(request.type);
    if (query !== undefined) return this.#ask(query, request, isStrict, portId);
    const change = CHANGES.get(request.type);
    if (change === undefined) return { kind: 'refused', refusal: new Refusal(-EOPNOTSUPP) };
    if (!isCapable(credentials, CAP_NET_ADMIN)) return { kind: 'refused', refusal: new Refusal(-EPERM) };
    const refusal = change(this.#stack, request);
    return refusal === null ? { kind: 'done' } : { kind: 'refused', refusal };
  }

  #ask(query: { dump: Dump; get: Get | null }, request: Request, isStrict: boolean, portId: number): Outcome {
    const { sequence } = request;
    const family = request.payload.at(0) ?? AF_UNSPEC;
    // NLM_F_DUMP is two bits, and all of them are needed, as in Linux.
    if ((request.flags & NLM_F_DUMP) === NLM_F_DUMP) {
      // Families that are not there have nothing to list; links belong to all of them.
      const isOurs = family === AF_UNSPEC || family === AF_INET || request.type === RTM_GETLINK;
      const filtered = isStrict && request.type === RTM_GETROUTE ? NLM_F_DUMP_FILTERED : 0;
      const flags = NLM_F_MULTI | filtered;
      const messages = isOurs ? query.dump(this.#stack, request, isStrict, { flags, sequence, portId }) : [];
      return messages instanceof Refusal ? { kind: 'refused', refusal: messages } : { kind: 'dump', messages };
    }
    if (query.get === null) return { kind: 'refused', refusal: new Refusal(-EOPNOTSUPP) };
    const messages = query.get(this.#stack, request, { flags: 0, sequence, portId });
    return messages instanceof Refusal ? { kind: 'refused', refusal: messages } : { kind: 'answer', messages };
  }

  #notify(group: number, make: () => Uint8Array): void {
    if (this.#listeners.size === 0) return;
    const message = make();
    for (const listener of this.#listeners) listener.notify(group, message);
  }
}
