import type { NewApiTokenView } from '@fairlead/api';
import { type Role, ROLES } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { durationText, withClient } from '../../flags.js';
import { describeScope } from '../../output/people.js';
import { lines, printViews } from '../../output/rows.js';
import { describeSpan } from '../../output/table.js';

interface Flags extends ClientFlags {
  readonly role: Role;
  readonly on?: string;
  readonly expires?: string;
}

const HELP = `
Roles: a viewer sees, an operator also sends commands, an admin also manages hosts, tokens and the audit. With --on the
token reaches only hosts that fit; all others do not exist for it.

Standard output is the token alone. It is not shown again.

Examples:
  fairlead token create dashboard --role viewer
  fairlead token create deploy --role operator --on env=prod --expires 90d > deploy.token`;

export function registerTokenCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command('create')
    .argument('<name>', 'unique; it is the actor in operations and audit')
    .description('Make an API token, and print it once');
  withClient(command)
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--on <selector>', "hosts that it reaches, by label: 'env=prod,role!=db' (default: all)")
    .option('--expires <duration>', 'such as 90d (default: never)', durationText)
    .addHelpText('after', HELP)
    .action(cli.action(async (name: string, flags: Flags) => create(cli, name, flags)));
}

async function create(cli: Cli, name: string, { role, on, expires, ...flags }: Flags): Promise<void> {
  const body = { name, role, hosts: on ?? '', ...(expires !== undefined && { expiresIn: expires }) };
  const made = await cli.client(flags).createApiToken({ body });
  printViews(cli.terminal, flags.output, {
    views: [made],
    several: false,
    name: (view) => view.name,
    describe: ({ token }) => [token],
  });
  if ((flags.output ?? 'table') === 'table') cli.terminal.warn(lines(explain(made)));
}

const explain = (made: NewApiTokenView): string[] => [
  `This is the token of ${made.name}: ${describeScope(made)}. It is not shown again.`,
  ...(made.expiresAt === null ? [] : [`It expires in ${describeSpan(made.createdAt, made.expiresAt)}.`]),
  `Give it as FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE, or to 'fairlead login'. To take it back: fairlead token rm ${made.name}`,
];
