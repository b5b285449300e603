import type { HostView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { allHosts } from '../../fleet/pages.js';
import { collect, type HostFlags, oneOf, toFilters, withClient, withHosts } from '../../flags.js';
import { FRESHNESS } from '../network/query.js';
import { alarms, identityColumns } from '../../output/identity.js';
import { lines, printRows } from '../../output/rows.js';
import { type Column, describeAge, describeLabels, hostLabel } from '../../output/table.js';

interface Flags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly quiet?: boolean;
}

const HELP = `
Hosts that have joined show how long their certificate lives: it is renewed after half of its time. QUARANTINED: two
machines use one identity. REVOKED: the identity is dead. POLICY is what a file on the host itself allows.

Examples:
  fairlead host ls
  fairlead host ls --on 'env=prod'
  fairlead host ls --filter freshness=offline
  fairlead host ls -o json`;

export function registerHostLs(parent: Command, cli: Cli): void {
  const command = parent
    .command('ls')
    .aliases(['list'])
    .description('List the hosts of the fleet and how fresh what is known of them is');
  withClient(withHosts(command))
    .option('-f, --filter <filter>', 'only hosts that fit: freshness=live, stale or offline; may be repeated', collect)
    .option('-q, --quiet', 'print names only')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const freshness = toFilters(flags.filter, ['freshness']).map(({ key, value }) => oneOf(key, value, FRESHNESS));
  const items = await allHosts(cli.client(flags), { host: flags.host ?? [], on: flags.on, freshness });
  const shown = columns(items, cli.around.now());
  printRows(cli.terminal, flags, { rows: items, columns: shown, name: ({ name }) => name });
  if (!flags.quiet && (flags.output ?? 'table') === 'table') cli.terminal.warn(lines(alarms(items)));
}

const columns = (hosts: readonly HostView[], now: number): Column<HostView>[] => [
  { header: 'HOST', cell: ({ name, simulated }) => hostLabel(name, simulated) },
  { header: 'FRESHNESS', cell: (host) => describeAge(host, now) },
  ...identityColumns(hosts, now),
  { header: 'ENGINE', cell: describeEngine },
  { header: 'NETWORKS', cell: ({ counts }) => String(counts.networks) },
  { header: 'ENDPOINTS', cell: ({ counts }) => String(counts.endpoints) },
  { header: 'LABELS', cell: ({ labels }) => describeLabels(labels) },
];

/** `docker 28.5.2, swarm manager`, or why the engine does not answer. */
function describeEngine({ engine, engineHealth }: HostView): string {
  const swarm = engine.swarm.nodeId === '' ? '' : engine.swarm.manager ? ', swarm manager' : ', swarm worker';
  const health = engineHealth.state === 'up' ? '' : ` (down: ${engineHealth.reason})`;
  const what = engine.version === '' ? 'not known' : `${engine.kind} ${engine.version}`;
  return `${what}${swarm}${health}`;
}
