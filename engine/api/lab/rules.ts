/**
 * What single values of a lab may be. Each rule answers undefined for a good value, and otherwise what was expected, so
 * that parser, IPC schema and inspector say the same sentence.
 */
import { DEFAULTS, LIMITS } from './model.ts';

export type Rule = (value: string) => string | undefined;

// hostname(7): letters, digits and hyphens, 63 at most, no hyphen at either end. The name is a directory as well.
const NODE_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
// IFNAMSIZ is 16 with the closing zero. Linux forbids '/' and white space; ':' would make an alias of it.
const INTERFACE_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/;
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;
const DECIMAL_OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const SIZE = /^([0-9]+(?:\.[0-9]+)?)\s*([KMG])(?:i?B)?$/i;
const UNIT_BYTES: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function expectation(holds: boolean, expected: string): string | undefined {
  return holds ? undefined : expected;
}

export const nodeName: Rule = (value) =>
  expectation(NODE_NAME.test(value), 'a name of letters, digits and hyphens, at most 63, such as h1');

export const interfaceName: Rule = (value) =>
  expectation(
    INTERFACE_NAME.test(value) && value !== 'lo',
    "an interface name of at most 15 letters, digits, '_', '.' or '-', such as eth0 (lo is always there)",
  );

export const environmentName: Rule = (value) =>
  expectation(
    ENVIRONMENT_NAME.test(value) && value !== '__proto__',
    "a variable name of letters, digits and '_', such as LANG",
  );

export function isIpv4(value: string): boolean {
  const octets = value.split('.');
  return octets.length === 4 && octets.every((octet) => DECIMAL_OCTET.test(octet) && Number(octet) <= 255);
}

/** RFC 4291 section 2.2, with `::` once at most and an IPv4 tail allowed. */
function isIpv6(value: string): boolean {
  const halves = value.split('::');
  if (halves.length > 2) return false;
  const groupsOf = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const groups = halves.flatMap(groupsOf);
  const tail = groups.at(-1);
  const hasIpv4Tail = tail?.includes('.') === true && !value.endsWith('::');
  if (hasIpv4Tail && !isIpv4(tail)) return false;
  const hexGroups = hasIpv4Tail ? groups.slice(0, -1) : groups;
  if (!hexGroups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = hexGroups.length + (hasIpv4Tail ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}

function isPrefixLength(value: string | undefined, bits: number): boolean {
  return value !== undefined && DECIMAL_OCTET.test(value) && Number(value) <= bits;
}

function isAddressWithPrefix(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  if (rest.length > 0) return false;
  return (isIpv4(address) && isPrefixLength(prefix, 32)) || (isIpv6(address) && isPrefixLength(prefix, 128));
}

export const interfaceAddress: Rule = (value) =>
  expectation(isAddressWithPrefix(value), 'an address with its prefix length, such as 10.0.0.1/24');

export const hostAddress: Rule = (value) =>
  expectation(isIpv4(value) || isIpv6(value), 'an address, such as 10.0.0.254');

export const routeTarget: Rule = (value) =>
  expectation(value === 'default' || isAddressWithPrefix(value), "a network such as 10.1.0.0/16, or 'default'");

/** IEEE 802: the lowest bit of the first octet marks a group address, which no interface may bear. */
export const macAddress: Rule = (value) =>
  expectation(
    MAC.test(value) && (Number.parseInt(value.slice(0, 2), 16) & 1) === 0 && value !== '00:00:00:00:00:00',
    'a unicast hardware address such as 02:00:00:00:00:01',
  );

/** A path that cannot leave the folder it is taken from: relative, no `..`, no empty or odd parts. */
function isConfinedPath(value: string): boolean {
  if (value === '' || value.length > 1024 || value.startsWith('/') || /[\\\0]/.test(value)) return false;
  return value.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

export const scriptFile: Rule = (value) =>
  expectation(isConfinedPath(value), "a path inside the machine's directory, such as startup.sh");

export const BUILT_IN_ROOTS: readonly string[] = [DEFAULTS.root, 'host-tools'];

/** Never a path outside of the lab: whoever opens a stranger's lab must not give away their own files. */
export const rootName: Rule = (value) =>
  expectation(
    BUILT_IN_ROOTS.includes(value) || (value.startsWith('./') && isConfinedPath(value.slice(2))),
    "'standard', 'host-tools', or a path inside the lab folder such as ./images/router",
  );

/** A byte count from `128M`, `1.5G`, `65536K`; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (match === null) return undefined;
  const [, amount = '', unit = ''] = match;
  return Number(amount) * (UNIT_BYTES[unit.toUpperCase()] ?? Number.NaN);
}

/** The shortest size that parses back to the same number of bytes. */
export function formatSize(bytes: number): string {
  for (const unit of ['G', 'M', 'K']) {
    const amount = bytes / (UNIT_BYTES[unit] ?? 1);
    if (Number.isInteger(amount)) return `${String(amount)}${unit}`;
  }
  return `${String(bytes / 1024)}K`;
}

const PAGE_BYTES = 4096;

export function memoryBytes(bytes: number): string | undefined {
  const isInRange = bytes >= LIMITS.minimumMemoryBytes && bytes <= LIMITS.maximumMemoryBytes;
  return expectation(
    isInRange && bytes % PAGE_BYTES === 0,
    `a size such as 128M, between ${formatSize(LIMITS.minimumMemoryBytes)} and ${formatSize(LIMITS.maximumMemoryBytes)}`,
  );
}

export function cpuCount(count: number): string | undefined {
  return expectation(
    Number.isInteger(count) && count >= 1 && count <= LIMITS.maximumCpus,
    `a number of processors from 1 to ${String(LIMITS.maximumCpus)}`,
  );
}

export function switchPortCount(count: number): string | undefined {
  return expectation(
    Number.isInteger(count) && count >= 1 && count <= LIMITS.portsPerSwitch,
    `a number of ports from 1 to ${String(LIMITS.portsPerSwitch)}`,
  );
}

export function canvasCoordinate(value: number): string | undefined {
  return expectation(
    Number.isFinite(value) && Math.abs(value) <= LIMITS.canvasExtent,
    `a coordinate between -${String(LIMITS.canvasExtent)} and ${String(LIMITS.canvasExtent)}`,
  );
}
