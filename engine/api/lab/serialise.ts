/**
 * From a lab to the text of its file. Where there is a text already, that text is edited: only what changed is touched,
 * so comments, order and spelling of the rest stay the person's own, and a version control system shows small diffs.
 */
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { Document, LineCounter, Scalar, isMap, isScalar, isSeq } from 'yaml';
import type { Lab } from './model.ts';
import { parseLab, parseYaml } from './parse.ts';
import type { Plain, PlainDictionary, PlainSection } from './plain.ts';
import { isSamePlain, plainEntries, plainLab } from './plain.ts';
import { scalarText } from './reader.ts';

const FORMAT = { lineWidth: 0, flowCollectionPadding: false, blockQuote: 'literal' } as const;

/** `previous` is the file's present text; where that is no valid lab, the text is written anew. */
export function serialiseLab(lab: Lab, previous?: string): string {
  const after = plainLab(lab);
  const parsed = previous === undefined ? undefined : parseLab(previous, '');
  if (previous === undefined || parsed?.ok !== true) return new Document(newNode(after, [])).toString(FORMAT);
  const before = plainLab(parsed.lab);
  if (isSamePlain(before, after)) return previous;
  const document = parseYaml(previous, new LineCounter());
  const edit = document as unknown as Document;
  edit.contents = edited(document.contents, before, after, []);
  return edit.toString(FORMAT);
}

type KeyPath = readonly string[];

/** Short lists of one line: `[10.0.0.1/24]`, `[h1:eth0, s1:1]`, `[120, 80]`. */
function isOnOneLine(value: readonly Plain[], path: KeyPath): boolean {
  return value.every((item) => typeof item !== 'object') && (path.at(-1) !== 'addresses' || value.length <= 4);
}

function newNode(value: Plain, path: KeyPath): Node {
  if (typeof value !== 'object') return newScalar(value);
  const document = new Document();
  if (Array.isArray(value)) {
    const list = document.createNode([]) as YAMLSeq<Node>;
    const items = value as readonly Plain[];
    list.items = items.map((item, index) => newNode(item, [...path, String(index)]));
    list.flow = isOnOneLine(items, path);
    return list;
  }
  const map = document.createNode({}) as YAMLMap<Node>;
  for (const [key, item] of plainEntries(value as PlainSection | PlainDictionary)) {
    map.items.push(newPair(key, item, path));
  }
  return map;
}

function newPair(key: string, value: Plain, path: KeyPath): Pair<Node, Node> {
  return new Document().createPair(key, newNode(value, [...path, key]));
}

function newScalar(value: string | number | boolean): Node {
  return new Scalar(value);
}

/** The node that spells `after`, made from the one that spells `before` where that is possible. */
function edited(node: Node | null, before: Plain, after: Plain, path: KeyPath): Node {
  if (node === null) return newNode(after, path);
  if (isSamePlain(before, after)) return node;
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    return editedList(node as YAMLSeq<Node>, before as readonly Plain[], after as readonly Plain[], path);
  }
  if (isMap(node) && isMapping(before) && isMapping(after)) {
    editMapping(node as YAMLMap<Node, Node | null>, before, after, path);
    return node;
  }
  if (isScalar(node) && typeof after !== 'object') {
    node.value = after;
    delete node.format;
    delete node.source;
    return node;
  }
  return keepComments(node, newNode(after, path));
}

function isMapping(value: Plain): value is PlainSection | PlainDictionary {
  return typeof value === 'object' && !Array.isArray(value);
}

function keepComments(from: Node, to: Node): Node {
  if (from.commentBefore !== undefined) to.commentBefore = from.commentBefore;
  if (isScalar(from) && isScalar(to)) to.comment = from.comment;
  else if (isScalar(from)) to.commentBefore = from.comment;
  return to;
}

/** Items that are still there keep their nodes; the others are edited in turn when their number stayed the same. */
function editedList(list: YAMLSeq<Node>, before: readonly Plain[], after: readonly Plain[], path: KeyPath): Node {
  const unused = new Map(before.map((value, index) => [index, value]));
  const kept = after.map((value): number | undefined => {
    for (const [index, candidate] of unused) {
      if (!isSamePlain(candidate, value)) continue;
      unused.delete(index);
      return index;
    }
    return undefined;
  });
  const leftBefore = [...unused.keys()];
  const isEditedInPlace = leftBefore.length === kept.filter((index) => index === undefined).length;
  list.items = after.map((value, place) => {
    const itemPath = [...path, String(place)];
    const index = kept[place];
    if (index !== undefined) return list.items[index] ?? newNode(value, itemPath);
    const source = isEditedInPlace ? leftBefore.shift() : undefined;
    if (source === undefined) return newNode(value, itemPath);
    return edited(list.items[source] ?? null, before[source] ?? value, value, itemPath);
  });
  if (before.length === 0) list.flow = isOnOneLine(after, path);
  return list;
}

function keyOf(pair: Pair<Node, Node | null>): string {
  return scalarText(pair.key) ?? '';
}

function editMapping(
  map: YAMLMap<Node, Node | null>,
  before: PlainSection | PlainDictionary,
  after: PlainSection | PlainDictionary,
  path: KeyPath,
): void {
  const valuesBefore = new Map(plainEntries(before));
  const entriesAfter = plainEntries(after);
  const keysAfter = new Set(entriesAfter.map(([key]) => key));
  for (const [from, to] of renames(before, after)) {
    const pair = map.items.find((candidate) => keyOf(candidate) === from);
    if (pair === undefined) continue;
    (pair.key as unknown as Scalar).value = to;
    delete (pair.key as unknown as Scalar).source;
    const value = valuesBefore.get(from);
    valuesBefore.delete(from);
    if (value !== undefined) valuesBefore.set(to, value);
  }
  // A key that the tree leaves out (a default written out, a mapping left empty) stays as the person wrote it.
  map.items = map.items.filter((pair) => keysAfter.has(keyOf(pair)) || !valuesBefore.has(keyOf(pair)));
  for (const [key, value] of entriesAfter) {
    const valueBefore = valuesBefore.get(key);
    if (valueBefore !== undefined && isSamePlain(valueBefore, value)) continue;
    const pair = map.items.find((candidate) => keyOf(candidate) === key);
    if (pair === undefined) map.items.push(newPair(key, value, path));
    else if (valueBefore === undefined) {
      const fresh = newNode(value, [...path, key]);
      pair.value = pair.value === null ? fresh : keepComments(pair.value, fresh);
    } else pair.value = edited(pair.value, valueBefore, value, [...path, key]);
  }
  if (after instanceof Map) sortLike(map, [...keysAfter]);
  if (map.items.length > 0 && plainEntries(before).length === 0) map.flow = false;
}

/** Old name to new name, where an entry seems to have been renamed: the same contents, or else the same place. */
function renames(before: PlainSection | PlainDictionary, after: PlainSection | PlainDictionary): [string, string][] {
  if (!(after instanceof Map) && !hasUserKeys(before, after)) return [];
  const entriesBefore = plainEntries(before);
  const entriesAfter = plainEntries(after);
  const namesBefore = new Set(entriesBefore.map(([key]) => key));
  const namesAfter = new Set(entriesAfter.map(([key]) => key));
  const removed = new Map(entriesBefore.filter(([key]) => !namesAfter.has(key)));
  const found: [string, string][] = [];
  const take = (from: string, to: string): void => {
    removed.delete(from);
    found.push([from, to]);
  };
  const added = entriesAfter.filter(([key]) => !namesBefore.has(key));
  const unmatched: string[] = [];
  for (const [to, value] of added) {
    const same = [...removed].find(([, candidate]) => isSamePlain(candidate, value));
    if (same === undefined) unmatched.push(to);
    else take(same[0], to);
  }
  for (const to of unmatched) {
    const [from] = entriesBefore.at(entriesAfter.findIndex(([key]) => key === to)) ?? [];
    if (from !== undefined && removed.has(from)) take(from, to);
  }
  return found;
}

/** Positions: an ordinary object in the tree, for their order says nothing, but with names of nodes as keys. */
function hasUserKeys(before: PlainSection | PlainDictionary, after: PlainSection | PlainDictionary): boolean {
  const isPosition = ([, value]: [string, Plain]): boolean => Array.isArray(value) && typeof value[0] === 'number';
  const entries = [...plainEntries(before), ...plainEntries(after)];
  return entries.length > 0 && entries.every(isPosition);
}

/** Only moves pairs when their order differs from that of the lab. */
function sortLike(map: YAMLMap<Node, Node | null>, keys: readonly string[]): void {
  const places = new Map(keys.map((key, index) => [key, index]));
  const placeOf = (pair: Pair<Node, Node | null>): number => places.get(keyOf(pair)) ?? keys.length;
  map.items = map.items.toSorted((one, other) => placeOf(one) - placeOf(other));
}
