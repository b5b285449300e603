import { createPolicyRequest, type CreatePolicyRequest, fromIssues } from '@fairlead/api';
import { FairleadError, type PolicyRunMode } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { lines } from '../../output/rows.js';
import { changeSpec, EMPTY_SPEC } from './change-spec.js';
import { type DryRunFlag, printDryRun, withDryRun } from './dry-run.js';
import { explainByFlags } from './flag-faults.js';
import type { PolicyFile } from './policy-file.js';
import { RULES_HELP, type SpecFlags, withSpec } from './spec-flags.js';
import { printPolicy, readPolicyFrom } from './spec-source.js';

interface Flags extends ClientFlags, SpecFlags, DryRunFlag {
  readonly file?: string;
}

const HELP = `
A new policy only reports what it would remove, whatever mode a file says; 'fairlead policy edit NAME --mode apply' lets it act.
A file is YAML or JSON: a name and the fields that 'fairlead policy inspect -o yaml' shows under spec, or all that it shows;
flags win over it.
${RULES_HELP}

Examples:
  fairlead policy create nightly --on 'env!=prod' --match driver=bridge --exempt label=keep --exempt 'project=infra-*' \\
      --unused-for 14d --schedule '0 2 * * *' --zone Europe/Berlin
  fairlead policy create ci --match 'name=ci-*' --unused-for 2h --min-age 1h --schedule 'every 6h' --notify ops-hook
  fairlead policy create -f nightly.yaml --dry-run
  fairlead policy create -f nightly.yaml
  fairlead policy create copy -f - < nightly.yaml`;

export function registerPolicyCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command('create')
    .argument('[name]', 'small letters, digits and dashes; may be left out where a file has it')
    .description('Create a cleanup policy, which at first only reports');
  withDryRun(withSpec(withClient(command).option('-f, --file <file>', 'read it from this file, - for standard input')))
    .addHelpText('after', HELP)
    .action(cli.action(async (name: string | undefined, flags: Flags) => create(cli, name, flags)));
}

async function create(cli: Cli, name: string | undefined, flags: Flags): Promise<void> {
  const file = flags.file === undefined ? undefined : await readPolicyFrom(cli, flags.file);
  const body = toCreateRequest(name ?? file?.name, file, flags);
  await (flags.dryRun ? tryOut(cli, body, flags) : make(cli, body, flags)).catch((error: unknown) => {
    throw file === undefined ? explainByFlags(error) : file.explain(error, flags);
  });
  const meant = flags.mode ?? file?.mode ?? 'report';
  if (meant !== 'report') cli.terminal.warn(lines([describeMeant(body.name, meant)]));
  if (!flags.dryRun && (flags.output ?? 'table') === 'table') cli.terminal.warn(lines(whatNext(body.name, meant)));
}

const make = async (cli: Cli, body: CreatePolicyRequest, flags: Flags): Promise<void> =>
  printPolicy(cli, flags, 'Created', await cli.client(flags).createPolicy({ body }));

function tryOut(cli: Cli, body: CreatePolicyRequest, flags: Flags): Promise<void> {
  const client = cli.client(flags);
  return printDryRun(cli, flags, {
    spec: body.spec,
    paused: false,
    ask: (plan, query) => client.dryRunNewPolicy({ body: { ...body, plan }, query }),
    end: 'Nothing was created. Without --dry-run it is.',
  });
}

const describeMeant = (name: string, mode: PolicyRunMode): string =>
  `warning: The file says mode ${mode}, but a new policy only reports. To let it act: ${actCommand(name, mode)}`;

const whatNext = (name: string, meant: PolicyRunMode): string[] => [
  `What it would remove, and why the rest stays: fairlead policy plan ${name}`,
  ...(meant === 'report' ? [`To let it act: ${actCommand(name, 'approve')}, or --mode apply`] : []),
];

const actCommand = (name: string, mode: PolicyRunMode): string => `fairlead policy edit ${name} --mode ${mode}`;

function toCreateRequest(name: string | undefined, file: PolicyFile | undefined, flags: Flags): CreatePolicyRequest {
  if (name === undefined) {
    throw new FairleadError('invalid_argument', 'The policy has no name', {
      hint: 'Write fairlead policy create NAME, or a name into the file.',
    });
  }
  if (flags.mode !== undefined && flags.mode !== 'report') throw onlyReports(name, flags.mode);
  const spec = changeSpec(file?.spec ?? EMPTY_SPEC, { ...flags, mode: 'report' });
  const { data, error } = createPolicyRequest.safeParse({ name, spec });
  if (data !== undefined) return data;
  throw explainByFlags(fromIssues('policy', error.issues));
}

const onlyReports = (name: string, mode: PolicyRunMode): FairleadError =>
  new FairleadError('invalid_argument', `A new policy only reports, and --mode says ${mode}`, {
    hint: `Create it without, look at 'fairlead policy plan ${name}', then: ${actCommand(name, mode)}`,
  });
