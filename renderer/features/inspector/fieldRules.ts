/** The rules of the lab's fields as sentences for the inspector, and the texts in which it shows lists. */
import type { Machine, Route } from '../../../engine/api/lab/model.ts';
import * as rules from '../../../engine/api/lab/rules.ts';

type Validate = (text: string) => string | undefined;

function expected(what: string | undefined): string | undefined {
  return what === undefined ? undefined : `Expected ${what}.`;
}

export const validateMemory: Validate = (text) => {
  const bytes = rules.parseSize(text);
  return bytes === undefined ? expected('a size such as 128M or 1G') : expected(rules.memoryBytes(bytes));
};

export const validateCpus: Validate = (text) =>
  expected(rules.cpuCount(text.trim() === '' ? Number.NaN : Number(text)));

export const validateGateway: Validate = (text) =>
  text.trim() === '' ? undefined : expected(rules.hostAddress(text.trim()));

export const validateMac: Validate = (text) =>
  text.trim() === '' ? undefined : expected(rules.macAddress(text.trim()));

export const validateScriptFile: Validate = (text) => expected(rules.scriptFile(text));

export function parseAddresses(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

export const validateAddresses: Validate = (text) => {
  for (const address of parseAddresses(text)) {
    const problem = rules.interfaceAddress(address);
    if (problem !== undefined) return `‘${address}’: expected ${problem}.`;
  }
  return undefined;
};

export function validateInterfaceName(machine: Machine, own: string): Validate {
  return (text) => {
    if (text !== own && machine.interfaces.some((one) => one.name === text))
      return `${machine.name} has an interface ${text} already.`;
    return expected(rules.interfaceName(text));
  };
}

/** One route a line, in the words of ip-route(8): `10.1.0.0/16 via 10.0.0.254 dev eth0`. */
export function formatRoutes(routes: readonly Route[]): string {
  return routes
    .map(({ to, via, interface: dev }) => [to, ...(via ? ['via', via] : []), ...(dev ? ['dev', dev] : [])].join(' '))
    .join('\n');
}

export function parseRoutes(text: string): Route[] {
  return linesOf(text).map((line) => {
    const words = line.split(/\s+/);
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
    const via = after('via');
    const dev = after('dev');
    return { to: words[0] ?? '', ...(via !== undefined && { via }), ...(dev !== undefined && { interface: dev }) };
  });
}

export function validateRoutes(machine: Machine): Validate {
  return (text) => {
    for (const line of linesOf(text)) {
      if (!/^\S+( via \S+)?( dev \S+)?$/.test(line.replace(/\s+/g, ' '))) {
        return `‘${line}’: expected a line such as 10.1.0.0/16 via 10.0.0.254.`;
      }
      const [route] = parseRoutes(line);
      if (route === undefined) continue;
      const problem =
        rules.routeTarget(route.to) ?? (route.via === undefined ? undefined : rules.hostAddress(route.via));
      if (problem !== undefined) return `‘${line}’: expected ${problem}.`;
      if (route.via === undefined && route.interface === undefined) return `‘${line}’ needs ‘via’ or ‘dev’.`;
      if (route.interface !== undefined && !machine.interfaces.some((one) => one.name === route.interface)) {
        return `‘${line}’: ${machine.name} has no interface ${route.interface}.`;
      }
    }
    return undefined;
  };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
