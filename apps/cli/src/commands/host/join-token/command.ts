import type { NewJoinTokenView } from '@fairlead/api';
import type { Cli, ClientFlags } from '../../../cli.js';
import { lines, printViews } from '../../../output/rows.js';
import { describeLabels, describeSpan } from '../../../output/table.js';

/**
 * Prints the one command that lets a host join, alone on standard output, so that it can be piped to the host; what it
 * means goes to standard error.
 */
export function printJoinCommand(
  cli: Cli,
  flags: ClientFlags,
  made: NewJoinTokenView,
  notes: readonly string[] = [],
): void {
  printViews(cli.terminal, flags.output, {
    views: [made],
    several: false,
    name: ({ id }) => id,
    describe: ({ command }) => [command],
  });
  if ((flags.output ?? 'table') === 'table') cli.terminal.warn(lines([...notes, ...explain(made)]));
}

function explain({ id, host, labels, maxUses, createdAt, expiresAt }: NewJoinTokenView): string[] {
  const who = host === null ? (maxUses === 1 ? 'one host' : `up to ${maxUses} hosts`) : `the host ${host}`;
  const marked = Object.keys(labels).length > 0 ? ` with ${describeLabels(labels)}` : '';
  return [
    `Run it on the host. Within ${describeSpan(createdAt, expiresAt)} it lets ${who} join${marked}.`,
    `It holds a secret that is not shown again. To take it back: fairlead host join-token rm ${id}`,
  ];
}
