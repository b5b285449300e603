import type { EventType } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Cli } from '../../cli.js';
import { keepReading } from '../../fleet/keep-reading.js';
import { lines } from '../../output/rows.js';
import { ChangePrinter } from './ls-changes.js';
import type { LsFlags } from './ls-flags.js';
import { readListing } from './ls-pages.js';
import { NetworkScreen } from './ls-screen.js';

const TOLD_BY: readonly EventType[] = [
  'host.changed',
  'host.removed',
  'network.created',
  'network.changed',
  'network.removed',
];

/** Shows the list and keeps it up to date until Ctrl-C: on a screen in place, elsewhere change by change. */
export async function watchNetworks(cli: Cli, flags: LsFlags): Promise<void> {
  if (flags.output === 'name' || flags.quiet || flags.overlays) {
    throw new FairleadError('invalid_argument', '--watch shows networks as a table, or their changes as JSON or YAML', {
      hint: 'Leave out -q, -o name and --overlays.',
    });
  }
  const forPeople = flags.output === undefined || flags.output === 'table';
  if (forPeople && cli.terminal.screenRows() !== undefined && cli.around.env['TERM'] !== 'dumb') {
    return watchOnScreen(cli, flags);
  }
  const printer = new ChangePrinter(cli, flags);
  const client = cli.client(flags);
  await keepReading(cli.around, cli.clientOptions(flags), {
    query: toldOf(flags),
    read: async (signal) => printer.print(await readListing(client, flags, signal)),
    notice: (reason) => cli.terminal.warn(lines([reason === undefined ? 'up to date again' : tryingAgain(reason)])),
  });
}

async function watchOnScreen(cli: Cli, flags: LsFlags): Promise<void> {
  const client = cli.client(flags);
  const screen = new NetworkScreen(cli, flags);
  try {
    await keepReading(cli.around, cli.clientOptions(flags), {
      query: toldOf(flags),
      read: async (signal) => screen.show(await screen.read(client, signal)),
      notice: (reason) => screen.notice(reason === undefined ? undefined : tryingAgain(reason)),
      tick: () => screen.draw(),
    });
  } finally {
    screen.close();
  }
}

const tryingAgain = (reason: string): string => `${reason}; trying again …`;

const toldOf = ({ host = [], on }: LsFlags) => ({ host, on, type: TOLD_BY });
