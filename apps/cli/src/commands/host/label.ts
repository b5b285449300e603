import type { Command } from 'commander';
import { FairleadError } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { printViews } from '../../output/rows.js';
import { describeLabels } from '../../output/table.js';

export function registerHostLabel(parent: Command, cli: Cli): void {
  const command = parent
    .command('label')
    .argument('<host>', 'host')
    .argument('<label...>', 'KEY=VALUE to set, KEY- to take back')
    .description('Set labels on a host, or take them back so that those of its agent show again');
  withClient(command)
    .addHelpText('after', '\nExamples:\n  fairlead host label web-1 env=prod zone=a\n  fairlead host label web-1 zone-')
    .action(cli.action(async (host: string, labels: string[], flags: ClientFlags) => label(cli, host, labels, flags)));
}

async function label(cli: Cli, host: string, texts: string[], flags: ClientFlags): Promise<void> {
  const view = await cli.client(flags).updateHost({ params: { host }, body: { labels: parseLabels(texts) } });
  printViews(cli.terminal, flags.output, {
    views: [view],
    several: false,
    name: ({ name }) => name,
    describe: ({ name, labels }) => [`${name}: ${describeLabels(labels) || 'no labels'}`],
  });
}

/** `env=prod` sets, `env-` takes back (null). */
export function parseLabels(texts: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    texts.map((text) => {
      const cut = text.indexOf('=');
      if (cut > 0) return [text.slice(0, cut), text.slice(cut + 1)];
      if (cut < 0 && text.length > 1 && text.endsWith('-')) return [text.slice(0, -1), null];
      throw new FairleadError('invalid_argument', `'${text}' is neither KEY=VALUE nor KEY-`);
    }),
  );
}
