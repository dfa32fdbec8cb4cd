/** Routing rules over rtnetlink: RTM_{GET,NEW,DEL}RULE (ip-rule(8), linux/fib_rules.h). */

import { EINVAL, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET } from '../../abi/socket.ts';
import { FR_ACT_BLACKHOLE, FR_ACT_PROHIBIT, FR_ACT_TO_TBL, FR_ACT_UNREACHABLE, type FibRule } from '../ip/Fib.ts';
import type { NetStack } from '../NetStack.ts';
import { readU32Host, writeU32Host } from '../wire/bytes.ts';
import { Attributes, MessageWriter, Refusal, type Request } from './message.ts';
import { RTM_NEWRULE, type AnswerContext } from './rtnetlink.ts';

const FIB_RULE_HEADER_SIZE = 12;
const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_PRIORITY = 6;
const FRA_FWMARK = 10;
const FRA_SUPPRESS_PREFIXLEN = 14;
const FRA_TABLE = 15;
const FRA_FWMASK = 16;
const FRA_OIFNAME = 17;
const FRA_PROTOCOL = 21;
const FIB_RULE_INVERT = 2;
const NO_SUPPRESSION = 0xffff_ffff;
const ACTIONS: readonly number[] = [FR_ACT_TO_TBL, FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT];
const KNOWN = new Set([
  FRA_DST,
  FRA_SRC,
  FRA_IIFNAME,
  FRA_PRIORITY,
  FRA_FWMARK,
  FRA_TABLE,
  FRA_FWMASK,
  FRA_OIFNAME,
  FRA_PROTOCOL,
]);

export function ruleMessage(rule: FibRule, context: AnswerContext, type = RTM_NEWRULE): Uint8Array {
  const writer = new MessageWriter(type, context.flags, context.sequence, context.portId);
  const header = writer.header(FIB_RULE_HEADER_SIZE);
  header[0] = AF_INET;
  header[1] = rule.destinationLength;
  header[2] = rule.sourceLength;
  header[3] = rule.tos;
  header[4] = rule.table > 255 ? 252 : rule.table;
  header[7] = rule.action;
  writeU32Host(header, 8, rule.invert ? FIB_RULE_INVERT : 0);
  writer.u32(FRA_TABLE, rule.table).u32(FRA_SUPPRESS_PREFIXLEN, NO_SUPPRESSION).u8(FRA_PROTOCOL, rule.protocol);
  if (rule.inputName !== '') writer.text(FRA_IIFNAME, rule.inputName);
  if (rule.outputName !== '') writer.text(FRA_OIFNAME, rule.outputName);
  if (rule.priority !== 0) writer.u32(FRA_PRIORITY, rule.priority);
  if (rule.mark !== 0 || rule.markMask !== 0) writer.u32(FRA_FWMARK, rule.mark).u32(FRA_FWMASK, rule.markMask);
  if (rule.destinationLength > 0) writer.address(FRA_DST, rule.destination);
  if (rule.sourceLength > 0) writer.address(FRA_SRC, rule.source);
  return writer.finish();
}

export function dumpRules(stack: NetStack, context: AnswerContext): Uint8Array[] {
  return stack.fib.rules.map((rule) => ruleMessage(rule, context));
}

function readRule(request: Request): { rule: FibRule; attributes: Attributes } | Refusal {
  const { payload } = request;
  if (payload.length < FIB_RULE_HEADER_SIZE) return new Refusal(-EINVAL, 'Invalid msg length');
  if (payload[0] !== AF_INET) return new Refusal(-EOPNOTSUPP);
  const attributes = new Attributes(payload, FIB_RULE_HEADER_SIZE);
  for (const type of attributes.types) {
    if (!KNOWN.has(type) && !(type === FRA_SUPPRESS_PREFIXLEN && attributes.u32(type) === NO_SUPPRESSION)) {
      return new Refusal(-EOPNOTSUPP, `Rule attribute ${type} is not supported`);
    }
  }
  const mark = attributes.u32(FRA_FWMARK) ?? 0;
  const rule: FibRule = {
    priority: attributes.u32(FRA_PRIORITY) ?? -1,
    action: payload[7],
    table: attributes.u32(FRA_TABLE) ?? payload[4],
    source: attributes.address(FRA_SRC) ?? 0,
    sourceLength: payload[2],
    destination: attributes.address(FRA_DST) ?? 0,
    destinationLength: payload[1],
    inputName: attributes.text(FRA_IIFNAME) ?? '',
    outputName: attributes.text(FRA_OIFNAME) ?? '',
    mark,
    markMask: attributes.u32(FRA_FWMASK) ?? (mark === 0 ? 0 : 0xffff_ffff),
    tos: payload[3],
    invert: (readU32Host(payload, 8) & FIB_RULE_INVERT) !== 0,
    protocol: attributes.u8(FRA_PROTOCOL) ?? 0,
  };
  return { rule, attributes };
}

export function newRule(stack: NetStack, request: Request): Refusal | null {
  const read = readRule(request);
  if (read instanceof Refusal) return read;
  const { rule } = read;
  if (!ACTIONS.includes(rule.action)) return new Refusal(-EOPNOTSUPP, 'Rule action is not supported');
  if (rule.action === FR_ACT_TO_TBL && rule.table === 0) return new Refusal(-EINVAL, 'Invalid table');
  // Without a priority, the rule goes right before the second one (fib_default_rule_pref).
  const priority = rule.priority >= 0 ? rule.priority : Math.max(0, (stack.fib.rules.at(1)?.priority ?? 1) - 1);
  const error = stack.fib.addRule({ ...rule, priority });
  return error < 0 ? new Refusal(error) : null;
}

export function deleteRule(stack: NetStack, request: Request): Refusal | null {
  const read = readRule(request);
  if (read instanceof Refusal) return read;
  const { rule: wanted, attributes } = read;
  const error = stack.fib.removeRule((rule) => {
    if (attributes.has(FRA_PRIORITY) && rule.priority !== wanted.priority) return false;
    if (wanted.action !== 0 && rule.action !== wanted.action) return false;
    if (wanted.table !== 0 && rule.table !== wanted.table) return false;
    if (rule.sourceLength !== wanted.sourceLength || rule.destinationLength !== wanted.destinationLength) return false;
    if (wanted.sourceLength > 0 && rule.source !== wanted.source) return false;
    if (wanted.destinationLength > 0 && rule.destination !== wanted.destination) return false;
    if (attributes.has(FRA_IIFNAME) && rule.inputName !== wanted.inputName) return false;
    if (attributes.has(FRA_OIFNAME) && rule.outputName !== wanted.outputName) return false;
    return !attributes.has(FRA_FWMARK) || rule.mark === wanted.mark;
  });
  return error < 0 ? new Refusal(error) : null;
}
