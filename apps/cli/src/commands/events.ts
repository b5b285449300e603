import { EVENT_TYPES, type EventType, type EventView, followEvents } from '@fairlead/api';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli, ClientFlags } from '../cli.js';
import { simulatedAmong } from '../fleet/hosts.js';
import { REFUSALS } from '../fleet/keep-reading.js';
import { allHosts } from '../fleet/pages.js';
import { collect, withClient } from '../flags.js';
import { toJsonLine, toYaml } from '../output/format.js';
import { lines } from '../output/rows.js';
import { describeClash } from '../output/identity.js';
import { hostLabel } from '../output/table.js';
import { operationName } from './command.js';
import { describeFreeze } from './freeze.js';
import { describeRun } from './policy/run-words.js';

interface Flags extends ClientFlags {
  readonly host?: readonly string[];
  readonly on?: string;
  readonly type?: readonly EventType[];
  readonly network?: string;
  readonly after?: string;
}

const HELP = `
Runs until Ctrl-C. With -o json every event is one line of JSON. A connection that is lost is taken up again after the
last event that came. A host that two machines claim to be (host.quarantined) is an ALARM.

Examples:
  fairlead events
  fairlead events --host web-1 --type network.created --type network.removed
  fairlead events --on env=prod --network 'shop_*'
  fairlead events -o json | jq .type`;

export function registerEvents(program: Command, cli: Cli): void {
  withClient(program.command('events').description('Follow what changes in the fleet, as it changes'))
    .option('--host <name>', 'only events of this host; may be repeated', collect)
    .option('--on <selector>', "only events of hosts by label, such as 'env=prod'")
    .addOption(
      new Option('--type <type>', `only this type; may be repeated: ${EVENT_TYPES.join(', ')}`).argParser(collectType),
    )
    .option('--network <pattern>', 'only events about a network: its name (* and ? are wildcards) or id')
    .option('--after <id>', 'begin after this event')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => follow(cli, flags)));
}

function collectType(text: string, previous: readonly EventType[] = []): EventType[] {
  const type = EVENT_TYPES.find((one) => one === text);
  if (type === undefined) throw new InvalidArgumentError(`Allowed choices are ${EVENT_TYPES.join(', ')}.`);
  return [...previous, type];
}

async function follow(cli: Cli, { host = [], on, type = [], network, after, output, api }: Flags): Promise<void> {
  const options = {
    query: { host, on, type, network },
    lastEventId: after,
    refusals: REFUSALS,
    signal: cli.around.interrupted(),
    sleep: cli.around.sleep,
    onLost: ({ message }: Error) => cli.terminal.warn(lines([`${message}; trying again …`])),
  };
  const forPeople = output === undefined || output === 'table';
  const simulated = simulatedAmong(forPeople ? await allHosts(cli.client({ api })) : []);
  for await (const event of followEvents(cli.clientOptions({ api }), options)) {
    if ((event.type === 'host.changed' || event.type === 'host.quarantined') && event.data.simulated)
      simulated.add(event.host);
    if (output === 'json') cli.terminal.write(toJsonLine(event));
    else if (output === 'yaml') cli.terminal.write(`---\n${toYaml(event)}`);
    else cli.terminal.write(lines([output === 'name' ? event.id : describeEvent(event, simulated)]));
  }
}

/**
 * `2026-11-24T09:30:00.000Z  web-1  network.created  my-net (bridge)`
 * @param simulated names of hosts that are
 */
export function describeEvent(event: EventView, simulated: ReadonlySet<string>): string {
  const host = event.host === null ? '' : hostLabel(event.host, simulated.has(event.host));
  return [event.at, host, event.type, describeData(event)].filter((part) => part !== '').join('  ');
}

function describeData(event: EventView): string {
  switch (event.type) {
    case 'host.changed':
      return event.data.freshness;
    case 'host.removed':
      return '';
    case 'host.quarantined':
      return `ALARM: ${describeClash(event.data)}`;
    case 'network.created':
    case 'network.changed':
      return `${event.data.name} (${event.data.driver}, ${event.data.containers.total} containers)`;
    case 'network.removed':
      return event.data.name;
    case 'operation.changed':
      return `${event.data.kind} ${operationName(event.data)}: ${event.data.outcome ?? event.data.state}`;
    case 'run.changed':
      return describeRun(event.data);
    case 'freeze.changed':
      return describeFreeze(event.data);
    case 'resync':
      return event.data.reason;
  }
}
