/** From the text of a `lab.yaml` to the lab, or to what is wrong with the text and where. */
import type { Document } from 'yaml';
import { LineCounter, isAlias, isNode, parseDocument, visit } from 'yaml';
import { checkLab } from './check.ts';
import { labField } from './format.ts';
import type { Lab, LabFileProblem } from './model.ts';
import { LIMITS } from './model.ts';
import { Reading } from './reader.ts';
import { suggestion } from './suggest.ts';
import { nodeNames } from './topology.ts';

export type ParsedLab =
  { readonly ok: true; readonly lab: Lab } | { readonly ok: false; readonly problems: readonly LabFileProblem[] };

/** `lab.yaml:12:5: machines.h1.memory: expected a size such as 128M, …`, as compilers print it. */
export function formatProblem(problem: LabFileProblem): string {
  const field = problem.field === '' ? '' : `${problem.field}: `;
  return `${problem.file}:${problem.line}:${problem.column}: ${field}${problem.message}`;
}

/** `file` only names the file in the problems. */
export function parseLab(text: string, file: string): ParsedLab {
  const lines = new LineCounter();
  const reading = new Reading(file, lines);
  const document = readDocument(text, lines, reading);
  if (document === undefined) return { ok: false, problems: reading.problems };
  const result = labField.read(document.contents, { model: [], field: '' }, reading, 0);
  if (result !== undefined) {
    for (const problem of checkLab(result.lab)) reading.reportAtModel(problem.path, problem.message);
    checkPositions(result.lab, result.positioned, reading);
  }
  if (result === undefined || reading.problems.length > 0) return { ok: false, problems: sorted(reading.problems) };
  return { ok: true, lab: result.lab };
}

/** The YAML tree of a lab file; problems are reported, and nothing comes back then. */
function readDocument(text: string, lines: LineCounter, reading: Reading): Document.Parsed | undefined {
  // A UTF-16 length bounds the bytes from below; whoever reads the file bounds the bytes themselves.
  if (text.length > LIMITS.fileBytes) {
    reading.report(0, '', `expected at most ${LIMITS.fileBytes} bytes, found more: this is not a lab file`);
    return undefined;
  }
  let document: Document.Parsed;
  try {
    document = parseYaml(text, lines);
  } catch (error) {
    // The parser recurses into nested values. Deep nesting is the only way to make it run out of stack.
    if (!(error instanceof RangeError)) throw error;
    reading.report(0, '', 'values are nested too deeply');
    return undefined;
  }
  for (const error of [...document.errors, ...document.warnings]) {
    reading.report(error.pos[0], '', `not valid YAML: ${error.message}`);
  }
  if (reading.problems.length > 0) return undefined;
  return refuseAliases(document, reading) ? document : undefined;
}

/** Also used to edit the document: the same options keep the same tree. Throws a `RangeError` on hostile nesting. */
export function parseYaml(text: string, lines: LineCounter): Document.Parsed {
  return parseDocument(text, {
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    merge: false,
  });
}

/** An alias repeats a part of the file, and aliases of aliases make a gigabyte of a few lines. Labs have no use for them. */
function refuseAliases(document: Document.Parsed, reading: Reading): boolean {
  let isClean = true;
  visit(document, (_key, node) => {
    if (!isNode(node) || !(isAlias(node) || ('anchor' in node && node.anchor !== undefined))) return undefined;
    reading.report(node.range?.[0] ?? 0, '', 'anchors and aliases are not allowed in a lab file: write the value out');
    isClean = false;
    return visit.SKIP;
  });
  return isClean;
}

function checkPositions(lab: Lab, positioned: readonly string[], reading: Reading): void {
  const names = nodeNames(lab);
  for (const [index, name] of positioned.entries()) {
    if (names.has(name)) continue;
    reading.reportAtModel(['positions', index], `there is no machine or switch '${name}'${suggestion(name, names)}`);
  }
}

function sorted(problems: readonly LabFileProblem[]): LabFileProblem[] {
  return problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
}
