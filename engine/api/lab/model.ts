/**
 * A lab as the program holds it: what `lab.yaml` says, with every default filled in. Plain data, so that it may be
 * cloned across processes, compared and kept in an undo history. `docs/lab-format.md` describes the file.
 */

/** A point on the canvas, in canvas units, the top left corner of a node's card. */
export interface CanvasPosition {
  readonly x: number;
  readonly y: number;
}

export type MachineKind = 'host' | 'router';

export interface NetworkInterface {
  /** As the guest sees it: `eth0`. Unique in its machine. */
  readonly name: string;
  /** Addresses with prefix length, `10.0.0.1/24` or `fd00::1/64`. */
  readonly addresses: readonly string[];
  /** The default router reached through this interface. */
  readonly gateway?: string;
  /** `02:00:00:00:00:01`; when absent the engine derives a stable one from lab, machine and interface. */
  readonly mac?: string;
}

export interface Route {
  /** A network, `10.1.0.0/16`, or `default`. */
  readonly to: string;
  /** The next hop. At least one of `via` and `interface` is there. */
  readonly via?: string;
  readonly interface?: string;
}

/** What runs once the machine's network is up: text in the lab file, or a file in the machine's directory. */
export type StartupScript =
  { readonly kind: 'inline'; readonly text: string } | { readonly kind: 'file'; readonly path: string };

export interface Machine {
  /** Host name and directory name in the lab folder. Unique among machines and switches. */
  readonly name: string;
  readonly kind: MachineKind;
  readonly memoryBytes: number;
  readonly cpus: number;
  /** `standard`, `host-tools`, or a path inside the lab folder to a directory or an image. */
  readonly root: string;
  readonly interfaces: readonly NetworkInterface[];
  readonly routes: readonly Route[];
  /** Whether the machine forwards packets between its interfaces (`net.ipv4.ip_forward`). */
  readonly forwarding: boolean;
  readonly startup?: StartupScript;
  readonly environment: Readonly<Record<string, string>>;
  readonly position: CanvasPosition;
}

export interface Switch {
  readonly name: string;
  /** Number of ports; they are named `1` to this number. */
  readonly ports: number;
  readonly position: CanvasPosition;
}

export interface LinkEnd {
  /** Name of a machine or of a switch. */
  readonly node: string;
  /** Name of an interface of that machine, or number of a port of that switch. */
  readonly port: string;
}

export interface Link {
  readonly a: LinkEnd;
  readonly b: LinkEnd;
}

export interface Lab {
  readonly name: string;
  readonly notes: string;
  readonly machines: readonly Machine[];
  readonly switches: readonly Switch[];
  readonly links: readonly Link[];
}

/** Where a problem is in the model: `['machines', 0, 'interfaces', 1, 'addresses', 0]`. */
export type ModelPath = readonly (string | number)[];

export interface ModelProblem {
  readonly path: ModelPath;
  readonly message: string;
}

/** A problem of a lab file, with the place a person has to look at. Line and column count from 1. */
export interface LabFileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `machines.h1.memory`, empty for the whole document. */
  readonly field: string;
  readonly message: string;
}

const MEBIBYTE = 1024 * 1024;

/** What a field is when the file does not say. */
export const DEFAULTS = {
  name: 'Untitled lab',
  memoryBytes: 128 * MEBIBYTE,
  cpus: 1,
  root: 'standard',
  switchPorts: 8,
} as const;

/** Limits on a lab, also against files that mean harm. */
export const LIMITS = {
  fileBytes: 4 * MEBIBYTE,
  machines: 2000,
  switches: 1000,
  links: 10_000,
  interfacesPerMachine: 64,
  addressesPerInterface: 64,
  routesPerMachine: 4096,
  environmentPerMachine: 256,
  portsPerSwitch: 1024,
  textLength: 256 * 1024,
  labNameLength: 200,
  minimumMemoryBytes: 8 * MEBIBYTE,
  maximumMemoryBytes: 64 * 1024 * MEBIBYTE,
  maximumCpus: 64,
  canvasExtent: 1_000_000,
} as const;

export const EMPTY_LAB: Lab = { name: DEFAULTS.name, notes: '', machines: [], switches: [], links: [] };

/** A router forwards unless told otherwise, a host does not. */
export function forwardsByDefault(kind: MachineKind): boolean {
  return kind === 'router';
}

/** `h1:eth0`, as the file and the messages write the end of a link. */
export function formatLinkEnd(end: LinkEnd): string {
  return `${end.node}:${end.port}`;
}
