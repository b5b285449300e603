import type { FreshnessView } from '@fairlead/api';
import { formatDuration } from '@fairlead/domain';
import Table from 'cli-table3';
import { visible } from './escape.js';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => string;
}

const NO_BORDER = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right', 'middle'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((end) => [`${side}${end}`, '']),
  ),
);

/** Columns as docker prints them: headings in capitals, three blanks between, no lines. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const table = new Table({
    head: columns.map(({ header }) => header),
    chars: { ...NO_BORDER, 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 3, compact: true },
  });
  table.push(...rows.map((row) => columns.map(({ cell }) => visible(cell(row)))));
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** What every row of the inventory has. */
export interface Aged {
  readonly freshness: FreshnessView;
  readonly asOf: string;
  readonly simulated: boolean;
}

/** A simulated host is never shown without saying so. */
export const hostLabel = (name: string, simulated: boolean): string => (simulated ? `${name} (simulated)` : name);

/** `live`, or `stale 2m 5s`: how long ago the row was known to be true. */
export function describeAge({ freshness, asOf }: Pick<Aged, 'freshness' | 'asOf'>, now: number): string {
  if (freshness === 'live') return 'live';
  return `${freshness} ${formatDuration(Math.max(0, now - Date.parse(asOf)))}`;
}

/** The column that says how old rows are; only where some are not live. */
export function ageColumns<Row extends Aged>(rows: readonly Row[], now: number): Column<Row>[] {
  if (rows.every(({ freshness }) => freshness === 'live')) return [];
  return [{ header: 'FRESHNESS', cell: (row) => describeAge(row, now) }];
}

/** `a=1, b`: labels in order of their keys. */
export const describeLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(', ');

export const describeTimeSince = (time: string, now: number): string => {
  const age = now - Date.parse(time);
  return Number.isNaN(age) ? '' : `${formatDuration(Math.max(0, age))} ago`;
};

/** `in 23h`, or `2h ago` for what has ended. */
export function describeTimeLeft(time: string, now: number): string {
  const left = Date.parse(time) - now;
  return left > 0 ? `in ${formatDuration(left)}` : describeTimeSince(time, now);
}

/** Time between two instants: `1h`. */
export const describeSpan = (from: string, to: string): string =>
  formatDuration(Math.max(0, Date.parse(to) - Date.parse(from)));
