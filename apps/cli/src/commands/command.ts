import type { Client, OperationView } from '@fairlead/api';
import type { Cli, ClientFlags } from '../cli.js';
import { gather, type Gathered } from '../fleet/each-host.js';
import { carryOut, type CarryOutOptions, type Send } from '../fleet/operations.js';
import { withProgress } from '../output/progress.js';
import { printViews } from '../output/rows.js';
import type { Terminal } from '../terminal.js';

export interface CommandOnEach<Item> {
  readonly client: Client;
  readonly items: readonly Item[];
  readonly several: boolean;
  /** What the items are, for the progress line. */
  readonly things?: 'hosts' | 'networks';
  readonly nameOf: (item: Item) => string;
  /** Items with the same one are taken one after another, in their order. */
  readonly laneOf?: (item: Item) => string;
  readonly send: (item: Item) => Send;
  /** What is being done, for the progress line: `removing`. */
  readonly doing: string;
  readonly options: CarryOutOptions;
  /** What people are told of an operation that succeeded, in lines. */
  readonly describe: (view: OperationView) => readonly string[];
}

/**
 * Carries out one command for every item, hosts side by side. People get their lines as each one ends; data forms are
 * printed together, so that they are one document. Gives the operations that succeeded and the worst exit code.
 */
export async function commandEach<Item>(
  cli: Cli,
  flags: ClientFlags,
  command: CommandOnEach<Item>,
): Promise<Gathered<OperationView>> {
  const { client, items, several, things = 'hosts', nameOf, laneOf, send, doing, options, describe } = command;
  const { around } = cli;
  const forPeople = flags.output === undefined || flags.output === 'table';
  const print = (terminal: Terminal, views: readonly OperationView[], list: boolean): void =>
    printViews(terminal, flags.output, { views, several: list, name: operationName, describe });
  const what = `${doing} ${items.length === 1 ? items.map(nameOf).join('') : `${items.length} ${things}`}`;
  const gathered = await withProgress(around, what, (terminal) =>
    gather({ terminal, format: flags.output, nameOf, laneOf }, items, async (item) => {
      const view = await carryOut({ ...around, terminal }, client, send(item), options);
      if (forPeople) print(terminal, [view], false);
      return view;
    }),
  );
  if (!forPeople) print(cli.terminal, gathered.results, several);
  return gathered;
}

/** `HOST/NETWORK` of an operation on a network, else the host. */
export const operationName = ({ host, target }: OperationView): string =>
  target.network ? `${host}/${target.network.name}` : host;
