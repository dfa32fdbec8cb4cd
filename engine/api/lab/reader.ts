/**
 * Reading a YAML tree into typed values while keeping where each came from. A field says what it expects in words, so
 * that errors and documentation are made from the same table.
 */
import type { LineCounter, Node, ParsedNode } from 'yaml';
import { isMap, isScalar, isSeq } from 'yaml';
import type { LabFileProblem, ModelPath } from './model.ts';
import type { Rule } from './rules.ts';
import { suggestion } from './suggest.ts';

/** The same place in the model and in the file: `['machines', 0, 'memoryBytes']` and `machines.h1.memory`. */
export interface Place {
  readonly model: ModelPath;
  readonly field: string;
}

const MOST_PROBLEMS = 100;

/** One reading of one file: collects problems, and remembers where everything was. */
export class Reading {
  readonly problems: LabFileProblem[] = [];
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #places = new Map<string, { offset: number; field: string }>();

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  remember(place: Place, offset: number): void {
    this.#places.set(JSON.stringify(place.model), { offset, field: place.field });
  }

  report(offset: number, field: string, message: string): void {
    if (this.problems.length >= MOST_PROBLEMS) return;
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1), field, message });
  }

  /** For problems found in the model: reports at the value itself, or at the nearest one around it. */
  reportAtModel(path: ModelPath, message: string): void {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place === undefined) continue;
      this.report(place.offset, place.field, message);
      return;
    }
    this.report(0, '', message);
  }
}

export type FieldNode = ParsedNode | Node | null | undefined;

/** Reads one value; undefined after a problem was reported. */
export interface Field<Value> {
  /** Completes "expected …". */
  readonly expected: string;
  read(node: FieldNode, place: Place, reading: Reading, fallbackOffset: number): Value | undefined;
}

export function offsetOf(node: FieldNode, fallback: number): number {
  return node?.range?.[0] ?? fallback;
}

/** The text of a scalar as it is written: `1.0` stays `1.0` where text is asked for. */
export function scalarText(node: FieldNode): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}

function isNothing(node: FieldNode): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

const LONGEST_QUOTE = 40;

function describeNode(node: FieldNode): string {
  if (isNothing(node)) return 'nothing';
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  const text = scalarText(node) ?? '';
  return `'${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}'`;
}

function refuse(
  field: { expected: string },
  node: FieldNode,
  place: Place,
  reading: Reading,
  offset: number,
): undefined {
  reading.report(offset, place.field, `expected ${field.expected}, found ${describeNode(node)}`);
}

/** A scalar; `convert` answers undefined where its text is not what is expected. */
export function scalar<Value>(expected: string, convert: (text: string) => Value | undefined): Field<Value> {
  return {
    expected,
    read(node, place, reading, fallback) {
      const offset = offsetOf(node, fallback);
      reading.remember(place, offset);
      const text = scalarText(node);
      const value = text === undefined ? undefined : convert(text);
      if (value === undefined) refuse(this, node, place, reading, offset);
      return value;
    },
  };
}

/** Text under a rule, whose answer to a bad value is the expectation. */
export function ruledText(rule: Rule): Field<string> {
  return scalar(rule('\0') ?? 'text', (text) => (rule(text) === undefined ? text : undefined));
}

export function list<Value>(item: Field<Value>, expected: string, most: number): Field<Value[]> {
  return {
    expected,
    read(node, place, reading, fallback) {
      const offset = offsetOf(node, fallback);
      reading.remember(place, offset);
      if (isNothing(node)) return [];
      if (!isSeq(node)) {
        refuse(this, node, place, reading, offset);
        return undefined;
      }
      if (node.items.length > most) {
        tooMany(node.items.length, most, place, reading, offset);
        return undefined;
      }
      const values = node.items.map((entry, index) =>
        item.read(
          entry as FieldNode,
          { model: [...place.model, index], field: `${place.field}[${index}]` },
          reading,
          offset,
        ),
      );
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

function tooMany(count: number, most: number, place: Place, reading: Reading, offset: number): void {
  reading.report(offset, place.field, `expected at most ${most} entries, found ${count}`);
}

function joined(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`;
}

/** YAML forbids equal keys; told here rather than by the YAML reader, with the place of the second one. */
function refuseSecond(key: string, seen: Set<string>, offset: number, field: string, reading: Reading): boolean {
  if (!seen.has(key)) {
    seen.add(key);
    return false;
  }
  reading.report(offset, joined(field, key), `'${key}' is there twice`);
  return true;
}

/** A mapping from names of the user's choice to values, in the file's order. The model keeps it as a list. */
export function dictionary<Value>(
  keyRule: Rule,
  valueOf: (key: string) => Field<Value>,
  expected: string,
  most: number,
): Field<Value[]> {
  return {
    expected,
    read(node, place, reading, fallback) {
      const offset = offsetOf(node, fallback);
      reading.remember(place, offset);
      if (isNothing(node)) return [];
      if (!isMap(node)) {
        refuse(this, node, place, reading, offset);
        return undefined;
      }
      if (node.items.length > most) {
        tooMany(node.items.length, most, place, reading, offset);
        return undefined;
      }
      const seen = new Set<string>();
      const values = node.items.map((pair, index) => {
        const keyNode = pair.key as FieldNode;
        const keyOffset = offsetOf(keyNode, offset);
        const key = scalarText(keyNode) ?? '';
        const expectedKey = keyRule(key);
        if (expectedKey !== undefined) {
          reading.report(keyOffset, place.field, `expected ${expectedKey}, found ${describeNode(keyNode)}`);
          return undefined;
        }
        if (refuseSecond(key, seen, keyOffset, place.field, reading)) return undefined;
        const inner = { model: [...place.model, index], field: joined(place.field, key) };
        const value = valueOf(key).read(pair.value as FieldNode, inner, reading, keyOffset);
        // A problem of the whole entry is shown at its name rather than at the first line below.
        reading.remember(inner, keyOffset);
        return value;
      });
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

export interface Member<Value> {
  readonly field: Field<Value>;
  /** One or two sentences for the documentation. */
  readonly description: string;
  /** What holds when it is not there, in words; absent for what must be there. */
  readonly otherwise?: string;
  /** The name in the model where it differs from the file's. */
  readonly model?: string;
}

export type Members = Readonly<Record<string, Member<unknown>>>;

export type MemberValues<Table extends Members> = {
  [Key in keyof Table]?: Table[Key] extends Member<infer Value> ? Value : never;
};

/** A mapping with known keys. `build` makes the value once every member that is there has been read. */
export function section<Table extends Members, Value>(
  members: Table,
  expected: string,
  build: (values: MemberValues<Table>) => Value,
): Field<Value> & { readonly members: Table } {
  return {
    expected,
    members,
    read(node, place, reading, fallback) {
      const offset = offsetOf(node, fallback);
      reading.remember(place, offset);
      const isEmpty = isNothing(node);
      if (!isEmpty && !isMap(node)) {
        refuse(this, node, place, reading, offset);
        return undefined;
      }
      const values = new Map<string, unknown>();
      const seen = new Set<string>();
      let isGood = true;
      for (const pair of isMap(node) ? node.items : []) {
        const keyNode = pair.key as FieldNode;
        const keyOffset = offsetOf(keyNode, offset);
        const key = scalarText(keyNode) ?? '';
        const member = Object.hasOwn(members, key) ? members[key] : undefined;
        if (member === undefined) {
          const known = Object.keys(members);
          const hint = suggestion(key, known) || `; known here: ${known.join(', ')}`;
          reading.report(keyOffset, joined(place.field, key), `unknown key ${describeNode(keyNode)}${hint}`);
          isGood = false;
          continue;
        }
        if (refuseSecond(key, seen, keyOffset, place.field, reading)) {
          isGood = false;
          continue;
        }
        const inner = { model: [...place.model, member.model ?? key], field: joined(place.field, key) };
        const value = member.field.read(pair.value as FieldNode, inner, reading, keyOffset);
        if (value === undefined) isGood = false;
        else values.set(key, value);
      }
      for (const [key, member] of Object.entries(members)) {
        const isThere = isMap(node) && node.has(key);
        if (isThere || member.otherwise !== undefined) continue;
        reading.report(offset, place.field, `'${key}' is missing: expected ${member.field.expected}`);
        isGood = false;
      }
      return isGood ? build(Object.fromEntries(values) as MemberValues<Table>) : undefined;
    },
  };
}
