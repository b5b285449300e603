import type { Client, ItemOutcome, RunItemView, RunView } from '@fairlead/api';
import type { Cli, ClientFlags } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { lines, printViews } from '../../output/rows.js';
import { askAboutRun, followRun, isOver } from './follow-run.js';
import { raiseCaps } from './raise-caps.js';
import { describeItem, describeRun, exitOf } from './run-words.js';

/** All that a network can come to but to be removed. */
const NOT_REMOVED = ['kept', 'failed', 'undone', 'skipped'] as const satisfies readonly ItemOutcome[];

/** Most networks that are told of at the end of a run. */
const TOLD = 200;

/** Follows a run that has begun, and says what came of it. Gives the exit code. */
export async function finishRun(
  cli: Cli,
  client: Client,
  flags: ClientFlags & { readonly detach?: boolean },
  begun: RunView,
): Promise<number> {
  const last = flags.detach ? begun : await followRun(cli, client, begun);
  const items = last.state === 'finished' ? await notRemoved(cli, client, last) : [];
  printViews(cli.terminal, flags.output, {
    views: [last],
    several: false,
    name: ({ id }) => id,
    describe: (view) => [...items.slice(0, TOLD).map(describeItem), describeRun(view)],
  });
  cli.terminal.warn(lines(whatNext(last)));
  return flags.detach && !isOver(last) ? 0 : exitOf(last, items);
}

async function notRemoved(cli: Cli, client: Client, { id, progress }: RunView): Promise<RunItemView[]> {
  if (progress.kept + progress.failed + progress.undone + progress.skipped === 0) return [];
  const query = { outcome: [...NOT_REMOVED] };
  const { rows } = await readPages(Infinity, (page) =>
    askAboutRun(cli, id, () => client.listRunItems({ params: { run: id }, query: { ...query, ...page } })),
  );
  return rows;
}

/** The commands that somebody may want now. */
function whatNext({ id, policy, state, outcome, reason, progress }: RunView): string[] {
  if (state === 'awaiting-approval') return [`It waits for approval: fairlead policy approve ${id}`];
  if (state !== 'finished') {
    return [
      `The run goes on. How far it is: fairlead policy runs --run ${id}`,
      `To cancel it: fairlead policy cancel ${id}`,
    ];
  }
  if (outcome === 'capped') return [`To raise its caps: ${raiseCaps(policy.name, [reason])}`];
  return progress.removed === 0 ? [] : [`To get back what it removed: fairlead network restore --run ${id}`];
}
