import { type CreateNetworkRequest, DEFAULT_DEADLINE_MS, operationResult, type OperationView } from '@fairlead/api';
import { assembleSubnets, FairleadError } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { chooseHosts } from '../../fleet/hosts.js';
import { collect, type HostFlags, timeoutOption, toRecord, withClient, withHosts } from '../../flags.js';
import { OUTPUT_FORMATS } from '../../output/format.js';
import { commandEach } from '../command.js';

export interface CreateFlags extends ClientFlags, HostFlags {
  readonly attachable?: boolean;
  readonly auxAddress?: readonly string[];
  readonly configFrom?: string;
  readonly configOnly?: boolean;
  readonly driver: string;
  readonly gateway?: readonly string[];
  readonly ingress?: boolean;
  readonly internal?: boolean;
  readonly ipRange?: readonly string[];
  readonly ipamDriver: string;
  readonly ipamOpt?: readonly string[];
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly label?: readonly string[];
  readonly opt?: readonly string[];
  readonly scope?: string;
  readonly subnet?: readonly string[];
  readonly timeout?: number;
}

const HELP = `
Examples:
  fairlead network create my-net
  fairlead network create my-net --host web-1 --host web-2 --label team=web
  fairlead network create --subnet 10.20.0.0/24 --gateway 10.20.0.1 --ip-range 10.20.0.128/25 my-net
  fairlead network create -d macvlan -o parent=eth0 --subnet 192.168.1.0/24 lan --on zone=a
  fairlead network create -d overlay --attachable shared --host manager-1`;

export function registerCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command('create')
    .argument('<network>', 'name of the new network')
    .description('Create a network on one or several hosts');
  addNetworkFlags(withClient(withHosts(command), 'table', '--output <format>'))
    .addOption(timeoutOption('30s'))
    .addHelpText('after', HELP)
    .action(cli.action(async (name: string, flags: CreateFlags) => create(cli, name, flags)));
}

/** Every flag of `docker network create`. */
function addNetworkFlags(command: Command): Command {
  return command
    .option('--attachable', 'let plain containers join a swarm network')
    .option('--aux-address <name=address>', 'address to reserve', collect)
    .option('--config-from <network>', 'network to copy the configuration from')
    .option('--config-only', 'only hold a configuration for other networks')
    .option('-d, --driver <driver>', 'driver', 'bridge')
    .option('--gateway <address>', 'gateway of a subnet', collect)
    .option('--ingress', "make it swarm's routing mesh")
    .option('--internal', 'no way out of the network')
    .option('--ip-range <cidr>', 'part of a subnet that containers get addresses from', collect)
    .option('--ipam-driver <driver>', 'address management driver', 'default')
    .option('--ipam-opt <key=value>', 'option of the address management driver', collect)
    .option('--ipv4', 'give IPv4 addresses (Docker Engine 28)')
    .option('--no-ipv4', 'give no IPv4 addresses (Docker Engine 28)')
    .option('--ipv6', 'give IPv6 addresses')
    .option('--no-ipv6', 'give no IPv6 addresses')
    .option('--label <key=value>', 'label', collect)
    .option('-o, --opt <key=value>', 'option of the driver', collect)
    .option('--scope <scope>', 'local, swarm or global')
    .option('--subnet <cidr>', 'subnet; may be repeated', collect);
}

async function create(cli: Cli, name: string, flags: CreateFlags): Promise<number> {
  const body = toCreateRequest(name, flags);
  const client = cli.client(flags);
  const { hosts, several } = await chooseHosts(client, flags);
  const { exitCode } = await commandEach(cli, flags, {
    client,
    items: hosts,
    several,
    nameOf: (host) => host,
    send: (host) => (options) => client.createNetwork({ params: { host }, body, ...options }),
    doing: 'creating the network on',
    options: { deadlineMs: body.deadlineMs },
    describe: (view) => describeCreated(view, several),
  });
  return exitCode;
}

/** The id alone, as docker prints it; with the host where there are several. */
function describeCreated(view: OperationView, several: boolean): string[] {
  const result = operationResult(view, 'create');
  const warning = result?.warning ? [`engine warns: ${result.warning}`] : [];
  return [`${several ? `${view.host}  ` : ''}${result?.network.id ?? ''}`, ...warning];
}

/** @throws FairleadError `invalid_argument` for flags that do not fit together, before anything is sent. */
export function toCreateRequest(name: string, flags: CreateFlags): CreateNetworkRequest {
  const subnets = assembleSubnets({
    subnets: flags.subnet ?? [],
    ipRanges: flags.ipRange ?? [],
    gateways: flags.gateway ?? [],
    auxAddresses: toRecord('--aux-address', flags.auxAddress),
  });
  return {
    name,
    driver: flags.driver,
    scope: toScope(flags.scope),
    internal: flags.internal ?? false,
    attachable: flags.attachable ?? false,
    ingress: flags.ingress ?? false,
    ...(flags.ipv4 !== undefined && { ipv4: flags.ipv4 }),
    ...(flags.ipv6 !== undefined && { ipv6: flags.ipv6 }),
    configOnly: flags.configOnly ?? false,
    configFrom: flags.configFrom ?? '',
    ipamDriver: flags.ipamDriver,
    ipamOptions: toRecord('--ipam-opt', flags.ipamOpt),
    subnets,
    options: toRecord('--opt', checkedOptions(flags.opt)),
    labels: toRecord('--label', flags.label, 'bare'),
    deadlineMs: flags.timeout ?? DEFAULT_DEADLINE_MS,
  };
}

/** Elsewhere `-o` is the form of the output; here it is `--opt`, as docker has it. */
function checkedOptions(texts: readonly string[] = []): readonly string[] {
  const format = OUTPUT_FORMATS.find((each) => texts.includes(each));
  if (format === undefined) return texts;
  throw new FairleadError('invalid_argument', `--opt: '${format}' is not KEY=VALUE`, {
    hint: `-o is --opt here, as in docker. For the form of the output write --output ${format}.`,
  });
}

function toScope(scope = ''): CreateNetworkRequest['scope'] {
  if (scope === '' || scope === 'local' || scope === 'swarm' || scope === 'global') return scope;
  throw new FairleadError('invalid_argument', `--scope is local, swarm or global, not '${scope}'`);
}
