import type { FreezeAnswerView, FreezeView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { Argument, type Command } from 'commander';
import type { Cli, ClientFlags } from '../cli.js';
import { withClient } from '../flags.js';
import { printViews } from '../output/rows.js';

const WHATS = ['on', 'off', 'status'] as const;

interface Flags extends ClientFlags {
  readonly reason?: string;
}

const HELP = `
While it is frozen, no network is removed and no container detached on any host, by whomever: runs of policies wait between
two networks, commands are refused. Asks nothing, works within a second, and holds over restarts.

Examples:
  fairlead freeze
  fairlead freeze on --reason 'incident 42'
  fairlead freeze status
  fairlead freeze off`;

export function registerFreeze(program: Command, cli: Cli): void {
  const command = program
    .command('freeze')
    .addArgument(new Argument('[what]', 'freeze, let go on, or show which it is').choices(WHATS).default('on'))
    .description('Hold all destructive work, on all hosts');
  withClient(command)
    .option('--reason <text>', 'why, for those who meet it')
    .addHelpText('after', HELP)
    .action(cli.action(async (what: (typeof WHATS)[number], flags: Flags) => freeze(cli, what, flags)));
}

async function freeze(cli: Cli, what: (typeof WHATS)[number], { reason, ...flags }: Flags): Promise<void> {
  if (what === 'status' && reason !== undefined) {
    throw new FairleadError('invalid_argument', '--reason belongs to on and off; status changes nothing');
  }
  const client = cli.client(flags);
  const body = { frozen: what === 'on', ...(reason !== undefined && { reason }) };
  const view = what === 'status' ? await client.getFreeze() : await client.setFreeze({ body });
  printViews(cli.terminal, flags.output, {
    views: [view],
    several: false,
    name: ({ frozen }) => (frozen ? 'on' : 'off'),
    describe: () => [`${already(view)}${describeFreeze(view)}`, ...explain(view)],
  });
}

/** `frozen by deploy since 2026-11-24T09:30:00.000Z: incident 42`, or `not frozen`, and who let it go on. */
export function describeFreeze({ frozen, reason, actor, at }: FreezeView): string {
  const why = reason === '' ? '' : `: ${reason}`;
  if (frozen) return `frozen by ${actor}${at === null ? '' : ` since ${at}`}${why}`;
  return at === null ? 'not frozen' : `not frozen, ${actor} let it go on at ${at}${why}`;
}

const already = (view: FreezeView | FreezeAnswerView): string =>
  view.frozen && 'already' in view && view.already ? 'already ' : '';

const explain = ({ frozen }: FreezeView): string[] =>
  frozen
    ? ['No network is removed and no container detached on any host. To let it go on: fairlead freeze off']
    : ['Networks may be removed.'];
