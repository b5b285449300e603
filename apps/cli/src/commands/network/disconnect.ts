import { DEFAULT_DEADLINE_MS } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { chooseNetworks, targetName } from '../../fleet/networks.js';
import { type HostFlags, timeoutOption, withClient, withHosts } from '../../flags.js';
import { commandEach, operationName } from '../command.js';

interface Flags extends ClientFlags, HostFlags {
  readonly force?: boolean;
  readonly timeout?: number;
}

export function registerDisconnect(parent: Command, cli: Cli): void {
  const command = parent
    .command('disconnect')
    .argument('<network>', 'HOST/NETWORK, or NETWORK where only one host has it')
    .argument('<container>', 'name or id of a container on it')
    .description('Detach a container from a network');
  withClient(withHosts(command))
    .option('-f, --force', 'also detach an endpoint whose container is gone or broken')
    .addOption(timeoutOption('30s'))
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead network disconnect my-net one\n  fairlead network disconnect web-1/bridge one',
    )
    .action(
      cli.action(async (network: string, container: string, flags: Flags) =>
        disconnect(cli, network, container, flags),
      ),
    );
}

async function disconnect(cli: Cli, network: string, container: string, flags: Flags): Promise<number> {
  const client = cli.client(flags);
  const { targets, several } = await chooseNetworks(client, [network], flags);
  const body = { container, force: flags.force ?? false, deadlineMs: flags.timeout ?? DEFAULT_DEADLINE_MS };
  const { exitCode } = await commandEach(cli, flags, {
    client,
    items: targets,
    several,
    nameOf: targetName,
    send: (params) => (options) => client.disconnectContainer({ params, body, ...options }),
    doing: 'disconnecting from',
    options: { deadlineMs: body.deadlineMs },
    describe: (view) => [`${container} disconnected from ${operationName(view)}`],
  });
  return exitCode;
}
