import type { Client, RunItemView, RunView } from '@fairlead/api';
import { counted, FairleadError } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { answerWasLost } from '../../fleet/operations.js';
import { outOfSight } from '../../fleet/out-of-sight.js';
import { readPages } from '../../fleet/pages.js';
import { withClient } from '../../flags.js';
import { visible } from '../../output/escape.js';
import { describeTimeLeft, renderTable } from '../../output/table.js';
import { confirm, DECLINED } from '../confirm.js';
import { MOST_COUNTED, MOST_LISTED, renderByHost } from './by-host.js';
import { findRun } from './find-run.js';
import { finishRun } from './finish-run.js';
import { describeRestorability } from './plan-output.js';

interface Flags extends ClientFlags {
  readonly planHash?: string;
  readonly force?: boolean;
  readonly detach?: boolean;
}

const HELP = `
The yes is for the plan that the run shows and for no other: where one of its networks has changed since, nothing is done.

Examples:
  fairlead policy approve nightly
  fairlead policy approve 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072 --force --detach`;

export function registerPolicyApprove(parent: Command, cli: Cli): void {
  const command = parent
    .command('approve')
    .argument('<run>', 'id of a run, or the policy whose run waits')
    .description('Say yes to the plan of a run that waits for it');
  withClient(command)
    .addOption(new Option('--plan-hash <hash>', 'only where this is its plan; without a question'))
    .option('-f, --force', 'do not ask')
    .option('-d, --detach', 'do not wait for the end')
    .addHelpText('after', HELP)
    .action(cli.action(async (run: string, flags: Flags) => approve(cli, run, flags)));
}

async function approve(cli: Cli, reference: string, flags: Flags): Promise<number> {
  const client = cli.client(flags);
  const waiting = await findRun(client, reference, ['awaiting-approval'], 'waits for approval');
  if (waiting.state !== 'awaiting-approval' || waiting.planHash === null) throw doesNotWait(waiting);
  if (flags.planHash === undefined && !(await agreed(cli, client, waiting, flags))) return DECLINED;
  const { id, planHash } = waiting;
  const body = { planHash: flags.planHash ?? planHash };
  const run = await client.approveRun({ params: { run: id }, body }).catch((error: unknown) => {
    throw answerWasLost(error) ? outOfSight('the approval', error, `fairlead policy runs --run ${id}`) : error;
  });
  return finishRun(cli, client, flags, run);
}

/** Shows what would be removed, and asks. */
async function agreed(cli: Cli, client: Client, run: RunView, { force, output = 'table' }: Flags): Promise<boolean> {
  const { rows } = await readPages(MOST_COUNTED, (page) =>
    client.listRunItems({ params: { run: run.id }, query: page }),
  );
  if (!force || output === 'table') cli.terminal.warn(render(run, rows, cli.around.now()));
  const question = `Remove ${counted(run.progress.total, 'network')}?`;
  return confirm(cli, { force, question, unattended: 'refuse' });
}

function render(
  { id, policy, progress, plannedAt, expiresAt }: RunView,
  items: readonly RunItemView[],
  now: number,
): string {
  const more = progress.total - items.length;
  const planned = plannedAt === null ? '' : `, planned at ${plannedAt}`;
  const ends =
    expiresAt === null ? '' : `; an approval is taken until ${expiresAt}, ${describeTimeLeft(expiresAt, now)}`;
  const last = `${policy.name}, version ${policy.version}${planned}: ${progress.total} to remove${ends}`;
  const many = items.length > MOST_LISTED;
  const table = many ? renderByHost(items) : renderTable(COLUMNS, items);
  const each = many ? `To see each of them: fairlead policy runs --run ${id}\n` : '';
  return `${table}${more > 0 ? `... and ${counted(more, 'network')} more\n` : ''}${visible(last)}\n${each}`;
}

const COLUMNS = [
  { header: 'HOST', cell: ({ host }: RunItemView) => host },
  { header: 'NETWORK', cell: ({ network }: RunItemView) => network.name },
  { header: 'DRIVER', cell: ({ network }: RunItemView) => network.driver },
  { header: 'WHY', cell: ({ explanation }: RunItemView) => explanation },
  { header: 'RESTORABLE', cell: describeRestorability },
];

const doesNotWait = ({ id, state, outcome, policy }: RunView): FairleadError =>
  new FairleadError(
    'plan_stale',
    `Run ${id} of '${policy.name}' does not wait for approval: it is ${outcome ?? state}`,
    {
      hint: `See 'fairlead policy runs ${policy.name}'.`,
    },
  );
