import { createPolicyRequest, type CreatePolicyRequest, fromIssues } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { lines } from '../../output/rows.js';
import { changeSpec, EMPTY_SPEC } from './change-spec.js';
import type { PolicyFile } from './policy-file.js';
import { RULES_HELP, type SpecFlags, withSpec } from './spec-flags.js';
import { printPolicy, readPolicyFrom, refuseUnlimited } from './spec-source.js';

interface Flags extends ClientFlags, SpecFlags {
  readonly file?: string;
}

const HELP = `
A new policy only reports what it would remove; 'fairlead policy edit NAME --mode apply' lets it act. A file is YAML or JSON:
a name and the fields that 'fairlead policy inspect -o yaml' shows under spec; flags win over it.
${RULES_HELP}

Examples:
  fairlead policy create nightly --on 'env!=prod' --match driver=bridge --exempt label=keep --exempt 'project=infra-*' \\
      --unused-for 14d --schedule '0 2 * * *' --zone Europe/Berlin
  fairlead policy create ci --match 'name=ci-*' --unused-for 2h --min-age 1h --schedule 'every 6h' --notify ops-hook
  fairlead policy create -f nightly.yaml
  fairlead policy create copy -f - < nightly.yaml`;

export function registerPolicyCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command('create')
    .argument('[name]', 'small letters, digits and dashes; may be left out where a file has it')
    .description('Create a cleanup policy, which at first only reports');
  withSpec(withClient(command).option('-f, --file <file>', 'read it from this file, - for standard input'))
    .addHelpText('after', HELP)
    .action(cli.action(async (name: string | undefined, flags: Flags) => create(cli, name, flags)));
}

async function create(cli: Cli, name: string | undefined, flags: Flags): Promise<void> {
  const file = flags.file === undefined ? undefined : await readPolicyFrom(cli, flags.file);
  const body = toCreateRequest(name ?? file?.name, file, flags);
  const view = await cli
    .client(flags)
    .createPolicy({ body })
    .catch((error: unknown) => {
      throw file?.explain(error) ?? error;
    });
  printPolicy(cli, flags, 'Created', view);
  if ((flags.output ?? 'table') !== 'table') return;
  cli.terminal.warn(
    lines([
      `What it would remove, and why the rest stays: fairlead policy plan ${view.name}`,
      `To let it act: fairlead policy edit ${view.name} --mode approve, or --mode apply`,
    ]),
  );
}

function toCreateRequest(name: string | undefined, file: PolicyFile | undefined, flags: Flags): CreatePolicyRequest {
  if (name === undefined) {
    throw new FairleadError('invalid_argument', 'The policy has no name', {
      hint: 'Write fairlead policy create NAME, or a name into the file.',
    });
  }
  const spec = changeSpec(file?.spec ?? EMPTY_SPEC, flags);
  refuseUnlimited(spec);
  const { data, error } = createPolicyRequest.safeParse({ name, spec });
  if (data !== undefined) return data;
  throw fromIssues('policy', error.issues);
}
