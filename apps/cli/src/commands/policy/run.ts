import type { Client, StartRunRequest } from '@fairlead/api';
import { counted, FairleadError } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { answerWasLost } from '../../fleet/operations.js';
import { withClient } from '../../flags.js';
import { confirm, DECLINED } from '../confirm.js';
import { MOST_COUNTED } from './by-host.js';
import { finishRun } from './finish-run.js';
import { renderRemovals, type ShownPlan } from './plan-output.js';
import { raiseCaps } from './raise-caps.js';
import { readPlan } from './read-plan.js';

interface Flags extends ClientFlags {
  readonly report?: boolean;
  readonly planHash?: string;
  readonly force?: boolean;
  readonly detach?: boolean;
}

const HELP = `
Shows the plan, asks, and removes what was shown: where other networks would go by now, nothing is done. The run is the
controller's: Ctrl-C leaves it going. What it has removed can be made again: fairlead network restore --run RUN.

Exit codes: 0 done, 1 something failed or the run was stopped, 4 nothing was removed (over the caps, no longer the plan that was
shown, frozen, not approved, you said no), 75 not known what became of the run or of some network.

Examples:
  fairlead policy run nightly
  fairlead policy run nightly --report
  fairlead policy run nightly --force --detach
  fairlead policy run nightly --plan-hash "$(fairlead policy plan nightly -o json | jq -r .hash)"`;

export function registerPolicyRun(parent: Command, cli: Cli): void {
  const command = parent.command('run').argument('<policy>', 'name or id').description('Run a policy now');
  withClient(command)
    .option('--report', 'only note what would be removed, and tell it as the policy says')
    .addOption(
      new Option('--plan-hash <hash>', 'remove what the plan of this hash says, without a question').conflicts(
        'report',
      ),
    )
    .addOption(new Option('-f, --force', 'do not ask').conflicts('report'))
    .option('-d, --detach', 'do not wait for the end')
    .addHelpText('after', HELP)
    .action(cli.action(async (policy: string, flags: Flags) => run(cli, policy, flags)));
}

async function run(cli: Cli, policy: string, flags: Flags): Promise<number> {
  const client = cli.client(flags);
  if (flags.report) return start(cli, client, policy, flags, { mode: 'report' });
  const agreed = flags.planHash ?? (await agreedPlan(cli, client, policy, flags));
  if (typeof agreed === 'number') return agreed;
  return start(cli, client, policy, flags, { mode: 'apply', planHash: agreed });
}

/** Shows the plan and asks. Gives its hash, or an exit code: there is nothing to do, or the answer is no. */
async function agreedPlan(
  cli: Cli,
  client: Client,
  policy: string,
  { force, output = 'table' }: Flags,
): Promise<string | number> {
  if (!force && !cli.terminal.interactive) throw cannotAsk(policy);
  const plan = await readPlan(client, policy, { action: 'remove', limit: MOST_COUNTED });
  if (!force || output === 'table') cli.terminal.warn(renderRemovals(plan, cli.around.now()));
  const { remove, overCaps } = plan.summary;
  if (remove === 0) return 0;
  if (overCaps.length > 0) throw overItsCaps(plan);
  const question = `Remove ${counted(remove, 'network')} on ${describeHosts(plan)}?`;
  return (await confirm(cli, { force, question, unattended: 'refuse' })) ? plan.hash : DECLINED;
}

function describeHosts({ items, cut, summary }: ShownPlan): string {
  const hosts = new Set(items.map(({ host }) => host));
  if (cut) return `up to ${summary.hosts} hosts`;
  return hosts.size === 1 ? [...hosts].join('') : `${hosts.size} hosts`;
}

const cannotAsk = (policy: string): FairleadError =>
  new FairleadError('invalid_argument', 'This shows its plan and asks, and there is no terminal to ask on', {
    hint: `See 'fairlead policy plan ${policy}', and give its hash with --plan-hash; or use --force.`,
  });

/** The first reason: the plan has all of them. */
function overItsCaps({ policy, summary: { overCaps } }: ShownPlan): FairleadError {
  const more = overCaps.length > 1 ? ` (and ${overCaps.length - 1} more)` : '';
  return new FairleadError('caps_exceeded', `Nothing was removed: ${overCaps[0] ?? ''}${more}`, {
    hint: `See 'fairlead policy plan ${policy.name}'. To raise its caps: ${raiseCaps(policy.name, overCaps)}`,
  });
}

async function start(cli: Cli, client: Client, policy: string, flags: Flags, body: StartRunRequest): Promise<number> {
  const begun = await client.startRun({ params: { policy }, body }).catch((error: unknown) => {
    throw answerWasLost(error) ? notKnown(policy) : withFlags(policy, error);
  });
  return finishRun(cli, client, flags, begun);
}

/** The controller's refusal, with the flags of the caps that it names. */
function withFlags(policy: string, error: unknown): unknown {
  if (!(error instanceof FairleadError) || error.code !== 'caps_exceeded') return error;
  const raise = `To raise its caps: ${raiseCaps(policy, [error.message])}`;
  const hint = [error.hint, raise].filter(Boolean).join(' ');
  return new FairleadError(error.code, error.message, { hint, cause: error });
}

const notKnown = (policy: string): FairleadError =>
  new FairleadError('outcome_unknown', 'The connection to the controller was lost: the run may have begun', {
    hint: `See 'fairlead policy runs ${policy}' before you try again.`,
  });
