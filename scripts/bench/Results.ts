import type { Goal, Row } from './rows.ts';
import { allRows } from './rows.ts';
import { summarize } from './statistics.ts';
import type { Summary } from './statistics.ts';

export const columns = ['native', 'uml', 'umlPinned', 'ours'] as const;
export type Column = (typeof columns)[number];

export interface MeasuredRow {
  readonly id: string;
  readonly title: string;
  readonly unit: Row['unit'];
  readonly values: Readonly<Record<Column, Summary | null>>;
  /** Ours to native, of medians; null where there is nothing to compare with. */
  readonly ratio: number | null;
  readonly goal: Goal | null;
  /** Null without a goal, or without a measurement to judge by. */
  readonly isReached: boolean | null;
}

/** What a process has measured, as another reads it. */
export interface Measurements {
  readonly values: readonly { readonly row: string; readonly column: Column; readonly value: number }[];
  readonly notes: readonly string[];
}

/** The measurements of one run. */
export class Results {
  private readonly values: { row: string; column: Column; value: number }[] = [];
  /** Sentences on what was not measured, or how. */
  readonly notes: string[] = [];

  add(row: string, column: Column, value: number): void {
    this.values.push({ row, column, value });
  }

  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }

  get measurements(): Measurements {
    return { values: this.values, notes: this.notes };
  }

  takeIn({ values, notes }: Measurements): void {
    this.values.push(...values);
    for (const sentence of notes) this.note(sentence);
  }

  /** Rows without a single measurement are left out. */
  rows(): MeasuredRow[] {
    return allRows
      .map((row) => this.row(row))
      .filter(({ values }) => columns.some((column) => values[column] !== null));
  }

  private row({ id, title, unit, goal }: Row): MeasuredRow {
    const of = (column: Column): Summary | null =>
      summarize(this.values.filter((value) => value.row === id && value.column === column).map(({ value }) => value));
    const values = { native: of('native'), uml: of('uml'), umlPinned: of('umlPinned'), ours: of('ours') };
    const ours = values.ours?.median ?? null;
    const native = values.native?.median ?? null;
    return {
      id,
      title,
      unit,
      values,
      ratio: ours === null || native === null || native === 0 ? null : ours / native,
      goal: goal ?? null,
      isReached: goal === undefined ? null : judge(goal, ours, native),
    };
  }
}

export function judge(goal: Goal, ours: number | null, native: number | null): boolean | null {
  if (ours === null) return null;
  if (goal.kind === 'at-most') return ours <= goal.value;
  if (native === null) return null;
  return goal.kind === 'times-native' ? ours <= goal.most * native : ours >= native;
}
