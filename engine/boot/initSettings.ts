/**
 * What a machine's configuration means to its first process: the lines of `/run/umlaut/machine`, which
 * `assets/image/init/README.md` describes.
 */
import type { MachineConfig } from '../api/machine.ts';

/** Where init looks, in the guest. */
export const INIT_DIRECTORY = '/run/umlaut';
export const SETTINGS_FILE = 'machine';
/** Made with mode 755, so that it may name its own interpreter. */
export const SCRIPT_FILE = 'startup.sh';
/** Appears when interfaces, addresses and routes are set; holds a sentence a line for each problem. */
export const NETWORK_MARKER = 'network';
/** Appears when the start-up script has ended as well. */
export const READY_MARKER = 'ready';

export type InitConfig = Pick<
  MachineConfig,
  'name' | 'interfaces' | 'routes' | 'forwarding' | 'startupScript' | 'environment'
>;

export function formatInitSettings(config: InitConfig): string {
  const lines = [`hostname ${config.name}`];
  for (const [name, value] of Object.entries(config.environment))
    lines.push(`environment ${name} ${escapeValue(value)}`);
  if (config.forwarding) {
    lines.push('sysctl net.ipv4.ip_forward 1');
    if (usesIpv6(config)) lines.push('sysctl net.ipv6.conf.all.forwarding 1');
  }
  // All interfaces first: a route may leave by any of them.
  for (const { name, addresses } of config.interfaces) {
    lines.push(`up ${name}`, ...addresses.map((address) => `address ${name} ${address}`));
  }
  for (const { to, via, interface: name } of config.routes) {
    lines.push(
      ['route', to, ...(via === undefined ? [] : ['via', via]), ...(name === undefined ? [] : ['dev', name])].join(' '),
    );
  }
  for (const { name, gateway } of config.interfaces) {
    if (gateway !== undefined) lines.push(`route default via ${gateway} dev ${name}`);
  }
  if (config.startupScript !== undefined) lines.push(`script ${INIT_DIRECTORY}/${SCRIPT_FILE}`);
  return lines.map((line) => `${line}\n`).join('');
}

function usesIpv6({ interfaces }: InitConfig): boolean {
  return interfaces.some(({ addresses }) => addresses.some((address) => address.includes(':')));
}

/** A setting is one line, and init skips the space before a value. */
function escapeValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replace(/^[ \t]/, '\\$&');
}
