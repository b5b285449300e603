import type { ConsistencyView, DifferenceView } from '@fairlead/api';
import { toFairleadError } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { inParallel } from '../../fleet/each-host.js';
import { allHosts } from '../../fleet/pages.js';
import type { HostFlags } from '../../flags.js';
import { toData } from '../../output/format.js';
import { lines, printRows } from '../../output/rows.js';
import { type Column, hostLabel } from '../../output/table.js';

/** Each question makes an engine list all that it has. */
const AT_ONCE = 8;
/** Hosts that could not be compared and are named, each with why. */
const MOST_FAILURES = 20;

interface Row {
  readonly host: string;
  readonly simulated: boolean;
  readonly difference: DifferenceView;
}

/** A host that could not be compared, and why. */
interface Failure {
  readonly host: string;
  readonly reason: string;
}

/** @returns the exit code: 0 where the inventory is what every engine says */
export async function checkConsistency(cli: Cli, flags: ClientFlags & HostFlags): Promise<number> {
  const client = cli.client(flags);
  const hosts = await allHosts(client, { host: flags.host ?? [], on: flags.on });
  const failures: Failure[] = [];
  const compared = await inParallel(
    hosts.map(({ name }) => name),
    async (host) => {
      try {
        return [await client.checkHost({ params: { host } })];
      } catch (error) {
        failures.push({ host, reason: toFairleadError(error).message });
        return [];
      }
    },
    AT_ONCE,
  );
  return print(cli, flags, compared.flat(), failures);
}

function print(
  cli: Cli,
  flags: ClientFlags,
  compared: readonly ConsistencyView[],
  failures: readonly Failure[],
): number {
  const { terminal } = cli;
  const { output } = flags;
  const rows = compared.flatMap(({ host, simulated, differences }) =>
    differences.map((difference) => ({ host, simulated, difference })),
  );
  if (output === 'json' || output === 'yaml') terminal.write(toData(output, compared));
  else if (rows.length > 0 || output === 'name') {
    printRows(terminal, flags, {
      rows,
      columns: COLUMNS,
      name: ({ host, difference }) => `${host}/${difference.network.name}`,
    });
  }
  terminal.warn(lines(failures.slice(0, MOST_FAILURES).map(({ host, reason }) => `${host}: not compared: ${reason}`)));
  const more = failures.length - MOST_FAILURES;
  if (more > 0) terminal.warn(`... and ${more} more hosts were not compared\n`);
  if (output === undefined || output === 'table') terminal.write(lines([summary(compared, rows.length)]));
  return rows.length === 0 && failures.length === 0 && compared.every(({ consistent }) => consistent) ? 0 : 1;
}

const COLUMNS: Column<Row>[] = [
  { header: 'HOST', cell: ({ host, simulated }) => hostLabel(host, simulated) },
  { header: 'NETWORK', cell: ({ difference }) => difference.network.name },
  { header: 'WHAT', cell: ({ difference }) => describeDifference(difference) },
];

function describeDifference({ kind, fields }: DifferenceView): string {
  if (kind === 'missing') return 'the engine has it, the inventory does not';
  if (kind === 'extra') return 'the inventory has it, the engine does not';
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return fields
    .map(({ field, inventory, engine }) => `${field}: ${text(inventory)}, in the engine ${text(engine)}`)
    .join('; ');
}

function summary(compared: readonly ConsistencyView[], differences: number): string {
  const sum = (of: (view: ConsistencyView) => number): number => compared.reduce((total, view) => total + of(view), 0);
  const [networks, endpoints] = [sum((view) => view.networks), sum((view) => view.endpoints)];
  const verdict =
    differences === 0 ? 'consistent' : `${differences} ${differences === 1 ? 'difference' : 'differences'}`;
  return `${compared.length} hosts, ${networks} networks, ${endpoints} endpoints compared: ${verdict}`;
}
