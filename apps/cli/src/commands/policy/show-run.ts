import { type Client, ITEM_OUTCOMES, type RunItemView, type RunView } from '@fairlead/api';
import type { Cli } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { oneOf } from '../../flags.js';
import { visible } from '../../output/escape.js';
import { toData } from '../../output/format.js';
import { lines } from '../../output/rows.js';
import { renderTable } from '../../output/table.js';
import { describeOutcome } from '../network/prune-output.js';
import { describeInstant, describeRun } from './run-words.js';
import type { RunsFlags } from './runs.js';

interface ShownRun {
  readonly run: RunView;
  readonly items: readonly RunItemView[];
  /** Networks that fit, shown or not. */
  readonly total: number;
}

/** One run with the networks of its plan. @param most networks in a table where nothing else is asked for */
export async function showRun(cli: Cli, id: string, flags: RunsFlags, most: number): Promise<void> {
  const { output = 'table', quiet } = flags;
  const data = !quiet && (output === 'json' || output === 'yaml') ? output : undefined;
  const limit = flags.limit ?? (output === 'table' && !quiet ? most : Infinity);
  const shown = await read(cli.client(flags), id, flags, limit);
  if (quiet) cli.terminal.write(lines(shown.items.flatMap(({ removal }) => removal ?? [])));
  else if (data) cli.terminal.write(toData(data, { ...shown.run, items: shown.items }));
  else if (output === 'name')
    cli.terminal.write(lines(shown.items.map(({ host, network }) => `${host}/${network.name}`)));
  else cli.terminal.write(render(shown));
}

async function read(client: Client, run: string, flags: RunsFlags, limit: number): Promise<ShownRun> {
  const { outcome = [], host = [] } = flags;
  const query = { outcome: outcome.map((text) => oneOf('outcome', text, ITEM_OUTCOMES)), host };
  const params = { run };
  const [view, { rows, last }] = await Promise.all([
    client.getRun({ params }),
    readPages(limit, (page) => client.listRunItems({ params, query: { ...query, ...page } })),
  ]);
  return { run: view, items: rows, total: last.total };
}

function render({ run, items, total }: ShownRun): string {
  const table = items.length === 0 ? '' : renderTable(COLUMNS, items);
  const more = total > items.length ? [`... and ${total - items.length} more (--limit)`] : [];
  return `${table}${[...more, ...describeWhole(run)].map((line) => `${visible(line)}\n`).join('')}`;
}

const COLUMNS = [
  { header: 'HOST', cell: ({ host }: RunItemView) => host },
  { header: 'NETWORK', cell: ({ network }: RunItemView) => network.name },
  { header: 'OUTCOME', cell: ({ outcome, state }: RunItemView) => outcome ?? state },
  { header: 'WHY', cell: describeWhy },
  { header: 'ENDED', cell: ({ endedAt }: RunItemView) => endedAt ?? '' },
  { header: 'ID OF REMOVAL', cell: ({ removal }: RunItemView) => removal ?? '' },
];

/** Why it was removed, or why it was not. */
function describeWhy(item: RunItemView): string {
  if (item.outcome === 'removed' || item.outcome === null) return item.explanation;
  return describeOutcome({ ...item, outcome: '' }).replace(/^, /, '');
}

function describeWhole(run: RunView): string[] {
  const { policy, mode, approvedBy, approvedAt, startedAt, finishedAt } = run;
  const by = approvedBy === null ? '' : `, approved by ${approvedBy} at ${approvedAt ?? ''}`;
  const times = [startedAt && `began ${startedAt}`, finishedAt && `finished ${finishedAt}`].filter(Boolean).join(', ');
  return [
    describeRun(run),
    `  ${policy.name}, version ${policy.version}, mode ${mode}, for ${describeInstant(run)}${by}`,
    ...(times === '' ? [] : [`  ${times}`]),
  ];
}
