/**
 * The shape of a lab that arrives from another process. Values are held to the same rules as the file; what concerns
 * several of them (names used twice, links to nowhere) is in `check.ts`.
 */
import { z } from 'zod';
import type { Lab, Link, Machine, Switch } from './model.ts';
import { LIMITS } from './model.ts';
import type { Rule } from './rules.ts';
import * as rules from './rules.ts';

function ruled(rule: Rule): z.ZodType<string> {
  return z.string().check((context) => {
    const expected = rule(context.value);
    if (expected !== undefined) {
      context.issues.push({ code: 'custom', message: `expected ${expected}`, input: context.value });
    }
  });
}

function ruledNumber(rule: (value: number) => string | undefined): z.ZodType<number> {
  return z.number().check((context) => {
    const expected = rule(context.value);
    if (expected !== undefined) {
      context.issues.push({ code: 'custom', message: `expected ${expected}`, input: context.value });
    }
  });
}

const text = z.string().max(LIMITS.textLength);
const coordinate = ruledNumber(rules.canvasCoordinate);
const position = z.strictObject({ x: coordinate, y: coordinate });

const networkInterface = z.strictObject({
  name: ruled(rules.interfaceName),
  addresses: z.array(ruled(rules.interfaceAddress)).max(LIMITS.addressesPerInterface),
  gateway: ruled(rules.hostAddress).optional(),
  mac: ruled(rules.macAddress).optional(),
});

const route = z.strictObject({
  to: ruled(rules.routeTarget),
  via: ruled(rules.hostAddress).optional(),
  interface: ruled(rules.interfaceName).optional(),
});

const startup = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('inline'), text }),
  z.strictObject({ kind: z.literal('file'), path: ruled(rules.scriptFile) }),
]);

const environment = z
  .record(ruled(rules.environmentName), text)
  .refine((variables) => Object.keys(variables).length <= LIMITS.environmentPerMachine, 'too many variables');

export const machineSchema = z.strictObject({
  name: ruled(rules.nodeName),
  kind: z.enum(['host', 'router']),
  memoryBytes: ruledNumber(rules.memoryBytes),
  cpus: ruledNumber(rules.cpuCount),
  root: ruled(rules.rootName),
  interfaces: z.array(networkInterface).max(LIMITS.interfacesPerMachine),
  routes: z.array(route).max(LIMITS.routesPerMachine),
  forwarding: z.boolean(),
  startup: startup.optional(),
  environment,
  position,
}) satisfies z.ZodType<Machine>;

const networkSwitch = z.strictObject({
  name: ruled(rules.nodeName),
  ports: ruledNumber(rules.switchPortCount),
  position,
}) satisfies z.ZodType<Switch>;

const linkEnd = z.strictObject({ node: ruled(rules.nodeName), port: z.string().min(1).max(15) });
export const linkSchema = z.strictObject({ a: linkEnd, b: linkEnd }) satisfies z.ZodType<Link>;

export const labSchema: z.ZodType<Lab> = z.strictObject({
  name: z.string().min(1).max(LIMITS.labNameLength),
  notes: text,
  machines: z.array(machineSchema).max(LIMITS.machines),
  switches: z.array(networkSwitch).max(LIMITS.switches),
  links: z.array(linkSchema).max(LIMITS.links),
});
