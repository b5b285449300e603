import { type Client, DEFAULT_DEADLINE_MS, operationResult, type OperationView } from '@fairlead/api';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { gather } from '../../fleet/each-host.js';
import { timeoutOption, withClient } from '../../flags.js';
import { worstExit } from '../../output/errors.js';
import { toData } from '../../output/format.js';
import { lines } from '../../output/rows.js';
import { commandEach } from '../command.js';
import { confirm, DECLINED } from '../confirm.js';
import { isBlocked, isReady, type PlannedRestore } from './planned-restore.js';
import { countRestored, MOST_TOLD } from './restore-counts.js';
import { describeOddlyRestored, describeRestored, describeRestorePlans, describeUnrecorded } from './restore-output.js';
import { chooseRemovals, type Removal } from './restore-targets.js';

interface Flags extends ClientFlags {
  readonly run?: string;
  readonly dryRun?: boolean;
  readonly renumber?: boolean;
  readonly force?: boolean;
  readonly timeout?: number;
}

const HELP = `
A network is made again with the name, driver, options, labels and address ranges that it had, and the containers that lost it
are attached again, with their aliases, addresses and the rest; then it is compared with the record. What stands in the way,
and what cannot come back, is shown before. Where another network has a range by now, --renumber lets the engine choose one, and
static addresses are given up; where its ranges are free, it keeps them all the same.

Examples:
  fairlead network restore web-1/my-net
  fairlead network restore 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071 --dry-run
  fairlead network restore web-1/my-net --renumber
  fairlead network restore --run 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072 --force`;

export function registerRestore(parent: Command, cli: Cli): void {
  const command = parent
    .command('restore')
    .argument('[removal...]', 'HOST/NETWORK, or the id of a removal as `network ls --removed` shows it')
    .description('Make removed networks again, with the containers that were on them');
  withClient(command)
    .option('--run <id>', 'all that this run of a policy has removed')
    .option('--dry-run', 'only show what would come back, and what would not')
    .option('--renumber', 'let the engine choose address ranges where its own are taken')
    .addOption(new Option('-f, --force', 'do not ask'))
    .addOption(timeoutOption('30s for each network'))
    .addHelpText('after', HELP)
    .action(cli.action(async (references: string[], flags: Flags) => restore(cli, references, flags)));
}

async function restore(cli: Cli, references: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  const { removals, unrecorded } = await chooseRemovals(client, references, flags.run);
  if (unrecorded.length > 0) cli.terminal.warn(lines([describeUnrecorded(unrecorded)]));
  const several = removals.length > 1 || flags.run !== undefined;
  const { results, exitCode } = await plan(cli, client, removals, flags);
  const refused = [exitCode, results.some(isBlocked) ? 4 : 0, unrecorded.length > 0 ? 1 : 0];
  if (flags.dryRun) {
    printPlans(cli, flags, results, several);
    return worstExit(refused);
  }
  if (!flags.force || forPeople(flags)) cli.terminal.warn(lines(describeRestorePlans(results)));
  const ready = results.filter(isReady);
  if (ready.length === 0) return worstExit(refused);
  if (!(await agreed(cli, flags, ready))) return worstExit([...refused, DECLINED]);
  return worstExit([...refused, await carryOut(cli, client, flags, ready, several)]);
}

const forPeople = ({ output = 'table' }: Flags): boolean => output === 'table';

/** What each would meet. */
function plan(cli: Cli, client: Client, removals: readonly Removal[], { renumber = false, output }: Flags) {
  const options = { terminal: cli.terminal, format: output, nameOf: ({ name }: Removal) => name };
  return gather(options, removals, async ({ id }): Promise<PlannedRestore> => ({
    id,
    plan: await client.planRestore({ params: { id }, body: { renumber } }),
    renumber,
  }));
}

function printPlans(cli: Cli, { output }: Flags, planned: readonly PlannedRestore[], several: boolean): void {
  const plans = planned.map((one) => one.plan);
  if (output === 'json' || output === 'yaml') cli.terminal.write(toData(output, several ? plans : plans[0]));
  else if (output === 'name') cli.terminal.write(lines(plans.map(({ host, network }) => `${host}/${network.name}`)));
  else cli.terminal.write(lines(describeRestorePlans(planned)));
}

function agreed(cli: Cli, { force }: Flags, ready: readonly PlannedRestore[]): Promise<boolean> {
  const hosts = new Set(ready.map((one) => one.plan.host));
  const what = ready.length === 1 ? 'this network' : `${ready.length} networks`;
  const question = `Restore ${what} on ${hosts.size === 1 ? [...hosts].join('') : `${hosts.size} hosts`}?`;
  return confirm(cli, { force, question, unattended: 'go on' });
}

/** Hosts side by side, the networks of one in the order in which they went. */
async function carryOut(
  cli: Cli,
  client: Client,
  flags: Flags,
  items: readonly PlannedRestore[],
  several: boolean,
): Promise<number> {
  const body = { renumber: flags.renumber ?? false, deadlineMs: flags.timeout ?? DEFAULT_DEADLINE_MS };
  const many = items.length > MOST_TOLD;
  const { results, exitCode } = await commandEach(cli, flags, {
    client,
    items,
    several,
    things: 'networks',
    laneOf: (item) => item.plan.host,
    nameOf: (item) => `${item.plan.host}/${item.plan.network.name}`,
    send:
      ({ id }) =>
      (options) =>
        client.restoreNetwork({ params: { id }, body, ...options }),
    doing: 'restoring',
    options: body,
    describe: many ? describeOddlyRestored : describeRestored,
  });
  if (many && forPeople(flags)) cli.terminal.write(lines(countRestored(results)));
  return worstExit([exitCode, results.some(hasFailures) ? 1 : 0]);
}

const hasFailures = (view: OperationView): boolean =>
  operationResult(view, 'restore')?.attachments.some(({ outcome }) => outcome === 'failed') ?? false;
