import {
  type Client,
  operationResult,
  type OperationView,
  PRUNE_DEADLINE_MS,
  type PrunePlanRequest,
  type PrunePlanView,
} from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { gather } from '../../fleet/each-host.js';
import { chooseHosts } from '../../fleet/hosts.js';
import { collect, type HostFlags, timeoutOption, toFilters, withClient, withHosts } from '../../flags.js';
import { worstExit } from '../../output/errors.js';
import { toData } from '../../output/format.js';
import { lines } from '../../output/rows.js';
import { commandEach } from '../command.js';
import { confirm, DECLINED } from '../confirm.js';
import { renderPlans, describePruned } from './prune-output.js';

interface Flags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly timeout?: number;
}

const HELP = `
Unlike \`docker network prune\`, a network of a stopped container is in use: removing it would keep the container from
starting again. Every network is looked at again on its host just before it goes, and its full record is kept.

Filters (--filter, repeatable, all must hold):
  until=24h | until=2026-11-01T00:00:00Z   only networks created before
  label=KEY | label=KEY=VALUE              only networks with this label
  label!=KEY | label!=KEY=VALUE            only networks without it

Examples:
  fairlead network prune --dry-run
  fairlead network prune --all-hosts --filter until=14d
  fairlead network prune --on env=test --filter 'label!=keep' --force`;

export function registerPrune(parent: Command, cli: Cli): void {
  const command = parent.command('prune').description('Remove the networks that no container uses, running or stopped');
  withClient(withHosts(command))
    .option('--filter <filter>', 'until=…, label=… or label!=…', collect)
    .option('--dry-run', 'only show what would be removed, and why the rest is kept')
    .option('-f, --force', 'do not ask')
    .addOption(timeoutOption('10m'))
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => prune(cli, flags)));
}

async function prune(cli: Cli, flags: Flags): Promise<number> {
  const filters = toPruneFilters(flags.filter);
  if (!flags.dryRun && !flags.force && !cli.terminal.interactive) throw cannotAsk();
  const client = cli.client(flags);
  const { hosts, several } = await chooseHosts(client, flags);
  const options = { terminal: cli.terminal, format: flags.output, nameOf: (host: string) => host };
  const planned = await gather(options, hosts, (host) => client.planPrune({ params: { host }, body: filters }));
  if (flags.dryRun) {
    printPlans(cli, flags, planned.results, several);
    return planned.exitCode;
  }
  const plans = planned.results.filter(({ remove }) => remove > 0);
  if (!flags.force || (flags.output ?? 'table') === 'table')
    cli.terminal.warn(renderPlans(planned.results, cli.around.now()));
  if (!flags.force && plans.length === 0) return planned.exitCode;
  if (!(await agreed(cli, flags, plans))) return worstExit([planned.exitCode, DECLINED]);
  return worstExit([planned.exitCode, await carryOutPlans(cli, flags, { client, plans, filters, several })]);
}

const cannotAsk = (): FairleadError =>
  new FairleadError('invalid_argument', 'Pruning asks before it removes anything, and there is no terminal to ask on', {
    hint: 'Use --dry-run to see what would be removed, and --force to remove it without a question.',
  });

function printPlans(cli: Cli, { output }: Flags, plans: readonly PrunePlanView[], several: boolean): void {
  const { terminal } = cli;
  if (output === 'json' || output === 'yaml') terminal.write(toData(output, several ? plans : plans[0]));
  else if (output === 'name') terminal.write(lines(plans.flatMap(removable)));
  else terminal.write(renderPlans(plans, cli.around.now()));
}

const removable = ({ host, items }: PrunePlanView): string[] =>
  items.filter(({ action }) => action === 'remove').map(({ network }) => `${host}/${network.name}`);

/** Asks about plans that were shown. */
function agreed(cli: Cli, { force }: Flags, plans: readonly PrunePlanView[]): Promise<boolean> {
  const count = plans.reduce((sum, { remove }) => sum + remove, 0);
  const hosts = plans.length === 1 ? (plans[0]?.host ?? '') : `${plans.length} hosts`;
  const question = `Remove ${count} ${count === 1 ? 'network' : 'networks'} on ${hosts}?`;
  return confirm(cli, { force, question, unattended: 'refuse' });
}

interface Prune {
  readonly client: Client;
  readonly plans: readonly PrunePlanView[];
  readonly filters: PrunePlanRequest;
  readonly several: boolean;
}

async function carryOutPlans(cli: Cli, flags: Flags, { client, plans, filters, several }: Prune): Promise<number> {
  const deadlineMs = flags.timeout ?? PRUNE_DEADLINE_MS;
  const { results, exitCode } = await commandEach(cli, flags, {
    client,
    items: plans,
    several,
    nameOf: ({ host }) => host,
    send:
      ({ host, hash: planHash }) =>
      (options) =>
        client.pruneNetworks({ params: { host }, body: { ...filters, planHash, deadlineMs }, ...options }),
    doing: 'removing unused networks of',
    options: { deadlineMs, wait: 'poll' },
    describe: describePruned,
  });
  return worstExit([exitCode, results.some(hasFailures) ? 1 : 0]);
}

const hasFailures = (view: OperationView): boolean =>
  operationResult(view, 'prune')?.items.some(({ outcome }) => outcome === 'failed') ?? false;

/** Reads `until=`, `label=` and `label!=`. */
export function toPruneFilters(texts: readonly string[] | undefined): PrunePlanRequest {
  const filters = toFilters(texts, ['until', 'label', 'label!']);
  const valuesOf = (key: string): string[] => filters.filter((one) => one.key === key).map(({ value }) => value);
  const [until, second] = valuesOf('until');
  if (second !== undefined) throw new FairleadError('invalid_argument', '--filter: until may be given once');
  return { ...(until !== undefined && { until }), labels: valuesOf('label'), notLabels: valuesOf('label!') };
}
