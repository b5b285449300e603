import type { Client, NetworkDetailView, OverlayDetailView } from '@fairlead/api';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import {
  chooseNetworks,
  chooseShown,
  type NetworkTarget,
  type OverlayTarget,
  targetName,
} from '../../fleet/networks.js';
import { type HostFlags, withClient, withHosts } from '../../flags.js';
import { warnOfSilence } from '../../output/silent-hosts.js';
import { inspectEach } from '../inspect.js';
import { inspectRemoved } from './removed.js';

interface Flags extends ClientFlags, HostFlags {
  readonly live?: boolean;
  readonly removed?: boolean;
}

export function registerInspect(parent: Command, cli: Cli): void {
  const command = parent
    .command('inspect')
    .argument('<network...>', 'HOST/NETWORK, or NETWORK where only one host has it or it is a swarm’s')
    .description('Show networks with their subnets, options and everybody who is on them, running or stopped');
  withClient(withHosts(command), 'json')
    .option('--live', 'ask the engine now instead of answering from the inventory')
    .addOption(
      new Option('--removed', 'the last record of a network that is gone, or of one removal by its id').conflicts(
        'live',
      ),
    )
    .addHelpText(
      'after',
      '\nA swarm’s network is put together from all hosts that show it, unless a host is named or --live is given.\n' +
        '\nExamples:\n  fairlead network inspect my-net\n  fairlead network inspect web-1/bridge web-2/bridge\n  fairlead network inspect bridge --all-hosts -o yaml\n  fairlead network inspect --removed web-1/my-net',
    )
    .action(cli.action(async (networks: string[], flags: Flags) => inspect(cli, networks, flags)));
}

async function inspect(cli: Cli, references: string[], flags: Flags): Promise<number> {
  if (flags.removed === true) return inspectRemoved(cli, references, flags);
  const client = cli.client(flags);
  const choose = flags.live === true ? chooseNetworks : chooseShown;
  const { targets, several } = await choose(client, references, flags);
  return inspectEach(cli, flags, {
    items: targets,
    several,
    nameOf: (target) => ('overlay' in target ? target.name : targetName(target)),
    read: (target) => read(cli, client, target, flags),
  });
}

async function read(
  cli: Cli,
  client: Client,
  target: NetworkTarget | OverlayTarget,
  { live }: Flags,
): Promise<NetworkDetailView | OverlayDetailView> {
  if (!('overlay' in target)) return client.getNetwork({ params: { ...target }, query: { live } });
  const view = await client.getOverlay({ params: { network: target.overlay } });
  warnOfSilence(cli.terminal, view, cli.around.now());
  return view;
}
