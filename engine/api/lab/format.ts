/** The lab file's format: one table from which the reader, its error messages and `docs/lab-format.md` are made. */
import type {
  CanvasPosition,
  Link,
  LinkEnd,
  Machine,
  NetworkInterface,
  Route,
  StartupScript,
  Switch,
} from './model.ts';
import { DEFAULTS, LIMITS, forwardsByDefault } from './model.ts';
import type { Field, FieldNode } from './reader.ts';
import { dictionary, list, offsetOf, ruledText, scalar, scalarText, section } from './reader.ts';
import * as rules from './rules.ts';

const text = scalar('text', (value) => (value.length <= LIMITS.textLength ? value : undefined));

const labName = scalar(`a name of 1 to ${LIMITS.labNameLength} characters`, (value) =>
  value.length >= 1 && value.length <= LIMITS.labNameLength ? value : undefined,
);

function ruledNumber(rule: (value: number) => string | undefined): Field<number> {
  return scalar(rule(Number.NaN) ?? 'a number', (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    return rule(number) === undefined ? number : undefined;
  });
}

const memory = scalar(rules.memoryBytes(Number.NaN) ?? 'a size', (value) => {
  const bytes = rules.parseSize(value);
  return bytes !== undefined && rules.memoryBytes(bytes) === undefined ? bytes : undefined;
});

const boolean = scalar("'true' or 'false'", (value) =>
  value === 'true' ? true : value === 'false' ? false : undefined,
);

const kind = scalar("'host' or 'router'", (value) => (value === 'host' || value === 'router' ? value : undefined));

const optional = (otherwise: string) => ({ otherwise });

export const interfaceMembers = {
  addresses: {
    field: list(ruledText(rules.interfaceAddress), 'a list of addresses', LIMITS.addressesPerInterface),
    description: 'Addresses, each with its prefix length.',
    ...optional('none: the interface is up, without an address'),
  },
  gateway: {
    field: ruledText(rules.hostAddress),
    description: 'The router for everything that no other route covers.',
    ...optional('none'),
  },
  mac: {
    field: ruledText(rules.macAddress),
    description: 'The hardware address.',
    ...optional('derived from the names of machine and interface, the same at every start'),
  },
};

function interfaceField(name: string): Field<NetworkInterface> {
  return section(interfaceMembers, 'an interface: a mapping with addresses, gateway and mac', (values) => ({
    name,
    addresses: values.addresses ?? [],
    ...(values.gateway !== undefined && { gateway: values.gateway }),
    ...(values.mac !== undefined && { mac: values.mac.toLowerCase() }),
  }));
}

export const routeMembers = {
  to: { field: ruledText(rules.routeTarget), description: 'The network, or `default`.' },
  via: {
    field: ruledText(rules.hostAddress),
    description: 'The next hop.',
    ...optional('the network is on the interface itself'),
  },
  interface: {
    field: ruledText(rules.interfaceName),
    description: 'The interface to leave by.',
    ...optional('the one that reaches `via`'),
  },
};

const route = section(routeMembers, 'a route: a mapping with to, via and interface', (values): Route => ({
  to: values.to!,
  ...(values.via !== undefined && { via: values.via }),
  ...(values.interface !== undefined && { interface: values.interface }),
}));

const startupFile = section(
  { file: { field: ruledText(rules.scriptFile), description: "The script's path in the machine's directory." } },
  'a mapping with file',
  (values): StartupScript => ({ kind: 'file', path: values.file! }),
);

const startup: Field<StartupScript> = {
  expected: 'the text of a script, or a mapping with file',
  read(node, place, reading, fallback) {
    if (node !== null && node !== undefined && 'items' in node) return startupFile.read(node, place, reading, fallback);
    const script = { ...text, expected: this.expected }.read(node, place, reading, fallback);
    return script === undefined ? undefined : { kind: 'inline', text: script };
  },
};

interface Variable {
  readonly name: string;
  readonly value: string;
}

const variable = (name: string): Field<Variable> => ({
  expected: text.expected,
  read(node, place, reading, fallback) {
    const value = text.read(node, place, reading, fallback);
    return value === undefined ? undefined : { name, value };
  },
});

export const machineMembers = {
  kind: {
    field: kind,
    description: 'What it is drawn as. A router forwards packets unless `forwarding` says otherwise.',
    ...optional('`host`'),
  },
  memory: {
    field: memory,
    model: 'memoryBytes',
    description: 'Its physical memory. K, M and G count in 1024.',
    ...optional(`\`${rules.formatSize(DEFAULTS.memoryBytes)}\``),
  },
  cpus: { field: ruledNumber(rules.cpuCount), description: 'Virtual processors.', ...optional(`\`${DEFAULTS.cpus}\``) },
  root: {
    field: ruledText(rules.rootName),
    description:
      'The read-only root file system: `standard` is the image that comes with the application, `host-tools` the programs of ' +
      'this computer. What the machine changes is kept beside, in its directory.',
    ...optional(`\`${DEFAULTS.root}\``),
  },
  interfaces: {
    field: dictionary(
      rules.interfaceName,
      interfaceField,
      'a mapping from names of interfaces to interfaces',
      LIMITS.interfacesPerMachine,
    ),
    description: 'Its network interfaces by name, in the order in which the machine finds them.',
    ...optional('none'),
  },
  routes: {
    field: list(route, 'a list of routes', LIMITS.routesPerMachine),
    description: 'Routes besides those that addresses and gateways make.',
    ...optional('none'),
  },
  forwarding: {
    field: boolean,
    description: 'Whether packets pass from one of its interfaces to another.',
    ...optional('`true` for a router, `false` for a host'),
  },
  startup: {
    field: startup,
    description:
      "A shell script that runs once the network is up: its text, or `{ file: startup.sh }` in the machine's directory.",
    ...optional('none'),
  },
  environment: {
    field: dictionary(
      rules.environmentName,
      variable,
      'a mapping from names of variables to their values',
      LIMITS.environmentPerMachine,
    ),
    description: 'Environment variables of the start-up script and of the shells on the consoles.',
    ...optional('none'),
  },
};

const ORIGIN: CanvasPosition = { x: 0, y: 0 };

function machineField(name: string): Field<Machine> {
  return section(machineMembers, 'a machine: a mapping with kind, memory, interfaces and so on', (values): Machine => {
    const machineKind = values.kind ?? 'host';
    return {
      name,
      kind: machineKind,
      memoryBytes: values.memory ?? DEFAULTS.memoryBytes,
      cpus: values.cpus ?? DEFAULTS.cpus,
      root: values.root ?? DEFAULTS.root,
      interfaces: values.interfaces ?? [],
      routes: values.routes ?? [],
      forwarding: values.forwarding ?? forwardsByDefault(machineKind),
      ...(values.startup !== undefined && { startup: values.startup }),
      environment: Object.fromEntries((values.environment ?? []).map((one) => [one.name, one.value])),
      position: ORIGIN,
    };
  });
}

export const switchMembers = {
  ports: {
    field: ruledNumber(rules.switchPortCount),
    description: 'How many ports it has. They are named `1`, `2` and so on.',
    ...optional(`\`${DEFAULTS.switchPorts}\``),
  },
};

function switchField(name: string): Field<Switch> {
  return section(switchMembers, 'a switch: a mapping with ports', (values): Switch => ({
    name,
    ports: values.ports ?? DEFAULTS.switchPorts,
    position: ORIGIN,
  }));
}

const linkEnd: Field<LinkEnd> = scalar('the end of a link, such as h1:eth0 or s1:1', (value) => {
  const [node = '', port = '', ...rest] = value.split(':');
  const isGood = rules.nodeName(node) === undefined && /^[A-Za-z0-9_.-]{1,15}$/.test(port) && rest.length === 0;
  return isGood ? { node, port } : undefined;
});

const link: Field<Link> = {
  expected: 'a link: a list of its two ends, such as [h1:eth0, s1:1]',
  read(node, place, reading, fallback) {
    const offset = offsetOf(node, fallback);
    reading.remember(place, offset);
    const ends = node !== null && node !== undefined && 'items' in node ? (node.items as FieldNode[]) : [];
    if (
      ends.length !== 2 ||
      !ends.every((end) => end !== null && end !== undefined && 'value' in end && !('key' in end))
    ) {
      reading.report(offset, place.field, `expected ${this.expected}${foundEnds(node, ends.length)}`);
      return undefined;
    }
    const readEnd = (index: 0 | 1, name: 'a' | 'b'): LinkEnd | undefined =>
      linkEnd.read(ends[index], { model: [...place.model, name], field: `${place.field}[${index}]` }, reading, offset);
    const a = readEnd(0, 'a');
    const b = readEnd(1, 'b');
    return a === undefined || b === undefined ? undefined : { a, b };
  },
};

function foundEnds(node: FieldNode, count: number): string {
  const written = scalarText(node);
  if (written !== undefined) return `, found '${written.slice(0, 80)}'`;
  return count > 0 ? `, found ${count} of them` : '';
}

interface NamedPosition {
  readonly node: string;
  readonly position: CanvasPosition;
}

const coordinate = ruledNumber(rules.canvasCoordinate);
const coordinates = list(coordinate, 'a position: a list of two numbers, such as [120, 80]', 2);

const positionField = (node: string): Field<NamedPosition> => ({
  expected: coordinates.expected,
  read(value, place, reading, fallback) {
    const pair = coordinates.read(value, place, reading, fallback);
    if (pair === undefined) return undefined;
    const x = pair.at(0);
    const y = pair.at(1);
    if (x !== undefined && y !== undefined) return { node, position: { x, y } };
    reading.report(offsetOf(value, fallback), place.field, `expected ${this.expected}`);
    return undefined;
  },
});

export const labMembers = {
  name: { field: labName, description: "The lab's name." },
  notes: { field: text, description: 'What a reader should know of it.', ...optional('empty') },
  machines: {
    field: dictionary(rules.nodeName, machineField, 'a mapping from names to machines', LIMITS.machines),
    description: 'The machines by name. The name is the host name, and the directory in the lab folder.',
    ...optional('none'),
  },
  switches: {
    field: dictionary(rules.nodeName, switchField, 'a mapping from names to switches', LIMITS.switches),
    description: 'The switches by name. Machines and switches share one set of names.',
    ...optional('none'),
  },
  links: {
    field: list(link, 'a list of links', LIMITS.links),
    description:
      'The cables, each a list of two ends `node:port`. A port is the name of an interface or the number of a switch port.',
    ...optional('none'),
  },
  positions: {
    field: dictionary(
      rules.nodeName,
      positionField,
      'a mapping from names of machines and switches to positions',
      LIMITS.machines + LIMITS.switches,
    ),
    description: 'Where nodes are on the canvas: `[x, y]` of their top left corner.',
    ...optional('placed in rows'),
  },
};

const COLUMNS = 6;
const COLUMN_WIDTH = 220;
const ROW_HEIGHT = 160;

/** Where a node is drawn whose position the file does not give. */
function rowPosition(index: number): CanvasPosition {
  return { x: (index % COLUMNS) * COLUMN_WIDTH, y: Math.floor(index / COLUMNS) * ROW_HEIGHT };
}

export const labField = section(labMembers, 'a lab: a mapping with name, machines, switches and links', (values) => {
  const positions = new Map((values.positions ?? []).map((one) => [one.node, one.position]));
  const machines = values.machines ?? [];
  const switches = values.switches ?? [];
  const placed = <Node extends Machine | Switch>(node: Node, index: number): Node => ({
    ...node,
    position: positions.get(node.name) ?? rowPosition(index),
  });
  return {
    lab: {
      name: values.name!,
      notes: values.notes ?? '',
      machines: machines.map((machine, index) => placed(machine, index)),
      switches: switches.map((one, index) => placed(one, machines.length + index)),
      links: values.links ?? [],
    },
    positioned: [...positions.keys()],
  };
});
