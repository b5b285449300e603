import type { OutputFormat } from './format.js';
import { toData } from './format.js';
import { visible } from './escape.js';
import { type Column, renderTable } from './table.js';
import type { Terminal } from '../terminal.js';

export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** What `-o name` and a table's first word identify a row by. */
  readonly name: (row: Row) => string;
  /** What `-q` prints, where it is not the name. */
  readonly quiet?: (row: Row) => string;
}

/** Prints a list in the form that was asked for. Data forms are exactly what the API gave. */
export function printRows<Row>(
  terminal: Terminal,
  flags: { readonly output?: OutputFormat | undefined; readonly quiet?: boolean | undefined },
  { rows, columns, name, quiet = name }: Rows<Row>,
): void {
  if (flags.quiet) terminal.write(lines(rows.map(quiet)));
  else if (flags.output === 'json' || flags.output === 'yaml') terminal.write(toData(flags.output, rows));
  else if (flags.output === 'name') terminal.write(lines(rows.map(name)));
  else terminal.write(renderTable(columns, rows));
}

export const lines = (texts: readonly string[]): string => texts.map((text) => `${visible(text)}\n`).join('');

export interface Views<V> {
  readonly views: readonly V[];
  /** Several were asked for: data forms are lists even where one came. */
  readonly several: boolean;
  readonly name: (view: V) => string;
  /** Lines for people. */
  readonly describe: (view: V) => readonly string[];
}

/** Prints what came of a command, or the views that were asked for. */
export function printViews<V>(
  terminal: Terminal,
  format: OutputFormat | undefined,
  { views, several, name, describe }: Views<V>,
): void {
  if (views.length === 0 && !several) return;
  if (format === 'json' || format === 'yaml') terminal.write(toData(format, several ? views : views[0]));
  else terminal.write(lines(format === 'name' ? views.map(name) : views.flatMap(describe)));
}
