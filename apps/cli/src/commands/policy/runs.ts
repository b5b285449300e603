import { ITEM_OUTCOMES, RUN_OUTCOMES, RUN_STATES, type RunState, type RunView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { collect, oneOf, positive, withClient } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import { type Column, describeTimeSince } from '../../output/table.js';
import { describeInstant, describeProgress } from './run-words.js';
import { showRun } from './show-run.js';

export interface RunsFlags extends ClientFlags {
  readonly run?: string;
  readonly state?: RunState;
  readonly outcome?: readonly string[];
  readonly host?: readonly string[];
  readonly limit?: number;
  readonly quiet?: boolean;
}

/** Rows, unless another number is asked for. */
const RUNS = 50;
const ITEMS = 200;

const HELP = `
Newest first, also of policies that are gone. With --run it is one run with every network of its plan: what became of it, why,
and the id by which it is restored.

Outcomes of runs: ${RUN_OUTCOMES.join(', ')}.
Outcomes of networks: ${ITEM_OUTCOMES.join(', ')}.

Examples:
  fairlead policy runs
  fairlead policy runs nightly -n 5
  fairlead policy runs --state awaiting-approval -q
  fairlead policy runs --run 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072
  fairlead policy runs --run 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072 --outcome failed --outcome kept -o json`;

export function registerPolicyRuns(parent: Command, cli: Cli): void {
  const command = parent
    .command('runs')
    .argument('[policy]', 'only runs of this policy')
    .description('List runs of policies, or show one with its networks');
  withClient(command)
    .option('--run <id>', 'show this run with its networks')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(RUN_STATES).conflicts('run'))
    .option('--outcome <outcome>', 'only this outcome, of runs or with --run of networks; may be repeated', collect)
    .option('--host <name>', 'with --run: only networks of this host; may be repeated', collect)
    .option('-n, --limit <n>', `at most so many (default: ${RUNS} runs, ${ITEMS} networks in a table)`, positive)
    .option('-q, --quiet', 'print ids of runs, or with --run ids of removals, only')
    .addHelpText('after', HELP)
    .action(cli.action(async (policy: string | undefined, flags: RunsFlags) => runs(cli, policy, flags)));
}

function runs(cli: Cli, policy: string | undefined, flags: RunsFlags): Promise<void> {
  if (flags.run === undefined) return list(cli, policy, flags);
  if (policy !== undefined) {
    throw new FairleadError('invalid_argument', '--run names one run: leave the policy out');
  }
  return showRun(cli, flags.run, flags, ITEMS);
}

async function list(cli: Cli, policy: string | undefined, flags: RunsFlags): Promise<void> {
  if (flags.host !== undefined) {
    throw new FairleadError('invalid_argument', '--host chooses networks of one run: name it with --run');
  }
  const { state, outcome = [], limit = RUNS } = flags;
  const query = {
    policy: policy === undefined ? [] : [policy],
    state: state === undefined ? [] : [state],
    outcome: outcome.map((text) => oneOf('outcome', text, RUN_OUTCOMES)),
  };
  const client = cli.client(flags);
  const { rows } = await readPages(limit, (page) => client.listRuns({ query: { ...query, ...page } }));
  printRows(cli.terminal, flags, { rows, columns: columns(cli.around.now()), name: ({ id }) => id });
}

const columns = (now: number): Column<RunView>[] => [
  { header: 'RUN', cell: ({ id }) => id },
  { header: 'POLICY', cell: ({ policy }) => `${policy.name} v${policy.version}` },
  { header: 'MODE', cell: ({ mode }) => mode },
  { header: 'FOR', cell: describeInstant },
  { header: 'CREATED', cell: ({ createdAt }) => describeTimeSince(createdAt, now) },
  { header: 'OUTCOME', cell: ({ outcome, state }) => outcome ?? state },
  { header: 'NETWORKS', cell: describeProgress },
  { header: 'WHY', cell: ({ reason }) => reason },
];
