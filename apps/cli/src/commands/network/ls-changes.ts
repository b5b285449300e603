import type { NetworkView } from '@fairlead/api';
import type { Cli } from '../../cli.js';
import { toJsonLine, toYaml } from '../../output/format.js';
import { warnOfSilence } from '../../output/silent-hosts.js';
import { renderTable } from '../../output/table.js';
import { fixedColumns } from './ls-columns.js';
import type { LsFlags } from './ls-flags.js';
import type { Listing } from './ls-pages.js';

/** What has become of one row of the list. */
export interface Change {
  readonly type: 'ADDED' | 'CHANGED' | 'REMOVED';
  /** As it is now; of one that is gone, as it was. */
  readonly network: NetworkView;
}

/** A row is the same while nothing but the time of the last look differs. */
const contentOf = ({ asOf: _asOf, ...rest }: NetworkView): string => JSON.stringify(rest);
const keyOf = ({ host, id }: NetworkView): string => `${host}/${id}`;

/** In the order of the list; what is gone comes first. */
export function changesBetween(before: readonly NetworkView[], after: readonly NetworkView[]): Change[] {
  const old = new Map(before.map((network) => [keyOf(network), contentOf(network)]));
  const left = new Set(after.map(keyOf));
  const removed = before.filter((network) => !left.has(keyOf(network)));
  const upserted = after.flatMap((network): Change[] => {
    const content = old.get(keyOf(network));
    if (content === contentOf(network)) return [];
    return [{ type: content === undefined ? 'ADDED' : 'CHANGED', network }];
  });
  return [...removed.map((network): Change => ({ type: 'REMOVED', network })), ...upserted];
}

/** Prints a list's rows as they come, change and go: a line for each, or a document where data was asked for. */
export class ChangePrinter {
  private networks: readonly NetworkView[] = [];
  private silent = '';
  /** The widest text of each column so far, so that columns stay where they are. */
  private widest: readonly string[] | undefined;

  constructor(
    private readonly cli: Cli,
    private readonly flags: LsFlags,
  ) {}

  print({ networks, silent }: Listing): void {
    const changes = changesBetween(this.networks, networks);
    this.networks = networks;
    const { terminal, around } = this.cli;
    if (this.flags.output === 'json') terminal.write(changes.map(toJsonLine).join(''));
    else if (this.flags.output === 'yaml') terminal.write(changes.map((change) => `---\n${toYaml(change)}`).join(''));
    else terminal.write(this.table(changes));
    const names = JSON.stringify(silent.unavailableHosts.map(({ name, freshness }) => [name, freshness]));
    if (names !== this.silent) warnOfSilence(terminal, silent, around.now());
    this.silent = names;
  }

  private table(changes: readonly Change[]): string {
    if (changes.length === 0) return '';
    const columns = fixedColumns(this.cli.around.now(), this.flags);
    const headers = ['CHANGE', ...columns.map(({ header }) => header)];
    const rows = changes.map(({ type, network }) => [type, ...columns.map(({ cell }) => cell(network))]);
    const first = this.widest === undefined;
    const widest = rows.reduce(wider, this.widest ?? ['REMOVED', ...headers.slice(1)]);
    this.widest = widest;
    const table = renderTable(
      headers.map((header, index) => ({ header, cell: (row: readonly string[]) => row[index] ?? '' })),
      [...rows, widest],
    );
    return table
      .split('\n')
      .slice(first ? 0 : 1, -2)
      .map((line) => `${line}\n`)
      .join('');
  }
}

const wider = (widest: readonly string[], row: readonly string[]): string[] =>
  widest.map((text, index) => ((row[index] ?? '').length > text.length ? (row[index] ?? '') : text));
