import { type ConnectRequest, DEFAULT_DEADLINE_MS, operationResult, type OperationView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { chooseNetworks, targetName } from '../../fleet/networks.js';
import { collect, type HostFlags, integer, timeoutOption, toRecord, withClient, withHosts } from '../../flags.js';
import { commandEach, operationName } from '../command.js';

export interface ConnectFlags extends ClientFlags, HostFlags {
  readonly alias?: readonly string[];
  readonly driverOpt?: readonly string[];
  readonly gwPriority?: number;
  readonly ip?: string;
  readonly ip6?: string;
  readonly link?: readonly string[];
  readonly linkLocalIp?: readonly string[];
  readonly timeout?: number;
}

const HELP = `
Examples:
  fairlead network connect my-net one
  fairlead network connect web-1/my-net one --alias db --ip 10.20.0.9
  fairlead network connect my-net one --host web-1`;

export function registerConnect(parent: Command, cli: Cli): void {
  const command = parent
    .command('connect')
    .argument('<network>', 'HOST/NETWORK, or NETWORK where only one host has it')
    .argument('<container>', 'name or id of a container of that host, running or stopped')
    .description('Attach a container to a network');
  withClient(withHosts(command))
    .option('--alias <name>', 'further name of the container on this network', collect)
    .option('--driver-opt <key=value>', 'option of the driver', collect)
    .option('--gw-priority <number>', 'the highest wins the default gateway (Docker Engine 28)', integer)
    .option('--ip <address>', 'IPv4 address')
    .option('--ip6 <address>', 'IPv6 address')
    .option('--link <container>', 'CONTAINER or CONTAINER:ALIAS', collect)
    .option('--link-local-ip <address>', 'link-local address', collect)
    .addOption(timeoutOption('30s'))
    .addHelpText('after', HELP)
    .action(
      cli.action(async (network: string, container: string, flags: ConnectFlags) =>
        connect(cli, network, container, flags),
      ),
    );
}

async function connect(cli: Cli, network: string, container: string, flags: ConnectFlags): Promise<number> {
  const body = toConnectRequest(container, flags);
  const client = cli.client(flags);
  const { targets, several } = await chooseNetworks(client, [network], flags);
  const { exitCode } = await commandEach(cli, flags, {
    client,
    items: targets,
    several,
    nameOf: targetName,
    send: (params) => (options) => client.connectContainer({ params, body, ...options }),
    doing: 'connecting to',
    options: { deadlineMs: body.deadlineMs },
    describe: (view) => [describeConnected(view, container)],
  });
  return exitCode;
}

function describeConnected(view: OperationView, container: string): string {
  const endpoints = operationResult(view, 'connect')?.network.endpoints ?? [];
  const endpoint = endpoints.find((one) => one.containerName === container || one.containerId.startsWith(container));
  const addresses = [endpoint?.ipv4, endpoint?.ipv6].filter((address) => address !== undefined && address !== '');
  const where = addresses.length > 0 ? ` as ${addresses.join(', ')}` : '';
  return `${endpoint?.containerName ?? container} connected to ${operationName(view)}${where}`;
}

export function toConnectRequest(container: string, flags: ConnectFlags): ConnectRequest {
  return {
    container,
    aliases: flags.alias ?? [],
    links: flags.link ?? [],
    ipv4: flags.ip ?? '',
    ipv6: flags.ip6 ?? '',
    linkLocalIps: flags.linkLocalIp ?? [],
    driverOptions: toRecord('--driver-opt', flags.driverOpt),
    ...(flags.gwPriority !== undefined && { gatewayPriority: flags.gwPriority }),
    deadlineMs: flags.timeout ?? DEFAULT_DEADLINE_MS,
  };
}
