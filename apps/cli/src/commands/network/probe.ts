import { type Client, DEFAULT_DEADLINE_MS, operationResult, type ProbeResultView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { carryOut } from '../../fleet/operations.js';
import { integer, timeoutOption, withClient } from '../../flags.js';
import { withProgress } from '../../output/progress.js';
import { printViews } from '../../output/rows.js';

interface Flags extends ClientFlags {
  readonly host?: string;
  readonly count: number;
  readonly timeout?: number;
}

const HELP = `
FROM is a container, HOST/CONTAINER where several hosts have one of that name. TO is a container, host name or address.
Exits with 0 when an echo came back and with 1 when none did, saying what stands in the way.

Examples:
  fairlead network probe one two
  fairlead network probe web-1/one 10.20.0.9 --count 5
  fairlead network probe one db.internal -o json`;

export function registerProbe(parent: Command, cli: Cli): void {
  const command = parent
    .command('probe')
    .argument('<from>', 'container to start from')
    .argument('<to>', 'container, host name or address to reach')
    .description('Find out whether a container reaches a target, and if not, why');
  withClient(command)
    .option('--host <name>', 'host of the container to start from')
    .option('--count <number>', 'echo requests to send, 1 to 10', integer, 3)
    .addOption(timeoutOption('30s'))
    .addHelpText('after', HELP)
    .action(cli.action(async (from: string, to: string, flags: Flags) => probe(cli, from, to, flags)));
}

async function probe(cli: Cli, fromText: string, to: string, flags: Flags): Promise<number> {
  const client = cli.client(flags);
  const { host, from } = await locate(client, fromText, flags);
  const deadlineMs = flags.timeout ?? DEFAULT_DEADLINE_MS;
  const body = { from, to, count: flags.count, deadlineMs };
  const view = await withProgress(cli.around, `probing from ${from} on ${host}`, (terminal) =>
    carryOut({ ...cli.around, terminal }, client, (options) => client.probe({ params: { host }, body, ...options }), {
      deadlineMs,
    }),
  );
  const result = operationResult(view, 'probe');
  printViews(cli.terminal, flags.output, {
    views: [view],
    several: false,
    name: ({ id }) => id,
    describe: () => (result ? describeProbe(to, result) : []),
  });
  return result?.reachable === true ? 0 : 1;
}

/** The host of the container to start from. */
async function locate(client: Client, text: string, { host }: Flags): Promise<{ host: string; from: string }> {
  if (host !== undefined) return { host, from: text };
  const slash = text.indexOf('/');
  if (slash > 0) return { host: text.slice(0, slash), from: text.slice(slash + 1) };
  const { items } = await client.listNetworks({ query: { container: text, limit: 500 } });
  const hosts = [...new Set(items.map((network) => network.host))].sort();
  const [only] = hosts;
  if (only !== undefined && hosts.length === 1) return { host: only, from: text };
  if (only === undefined) throw noContainer(text);
  throw new FairleadError('ambiguous_name', `Several hosts have a container '${text}': ${hosts.join(', ')}`, {
    hint: `Write HOST/${text}, or choose with --host NAME.`,
  });
}

const noContainer = (text: string): FairleadError =>
  new FairleadError('container_not_found', `No network of the fleet has a container '${text}'`, {
    hint: "See 'fairlead network inspect NETWORK' for who is on a network, or name the host with --host.",
  });

/** The verdict, how the name was resolved, how the echoes went, and the explanation. */
export function describeProbe(to: string, { reachable, resolution, ping, explanation }: ProbeResultView): string[] {
  return [
    `${to} is ${reachable ? 'reachable' : 'not reachable'}`,
    ...(resolution.needed ? [`name: ${describeResolution(resolution)}`] : []),
    ...(ping.tried ? [`ping: ${describePing(ping)}`] : []),
    ...(explanation === '' ? [] : [explanation]),
  ];
}

function describeResolution({ resolved, addresses, durationMs, error }: ProbeResultView['resolution']): string {
  return resolved ? `${addresses.join(', ')} in ${milliseconds(durationMs)} ms` : `not resolved${because(error)}`;
}

function describePing({ sent, received, roundTripMs, error }: ProbeResultView['ping']): string {
  const count = `${received} of ${sent} echoes came back`;
  if (roundTripMs.length === 0) return `${count}${because(error)}`;
  const mean = roundTripMs.reduce((sum, one) => sum + one, 0) / roundTripMs.length;
  const times = [Math.min(...roundTripMs), mean, Math.max(...roundTripMs)].map(milliseconds).join(' / ');
  return `${count}, ${times} ms (min / mean / max)`;
}

const because = (error: string): string => (error === '' ? '' : `: ${error.trim()}`);
const milliseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
