import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Client, PolicyDryRunRequest, PolicyView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { toYaml } from '../../output/format.js';
import { lines } from '../../output/rows.js';
import { changeSpec, saysAnything } from './change-spec.js';
import { type DryRunFlag, printDryRun, withDryRun } from './dry-run.js';
import { explainByFlags } from './flag-faults.js';
import { type PolicyFile, readPolicyFile } from './policy-file.js';
import { RULES_HELP, type SpecFlags, withSpec } from './spec-flags.js';
import { printPolicy, readPolicyFrom } from './spec-source.js';

interface Flags extends ClientFlags, SpecFlags, DryRunFlag {
  readonly file?: string;
}

const HELP = `
Flags change what they name and nothing else: --match, --exempt and --notify take the place of all there were before. A file
says the whole of the policy; only the mode stays as it is where the file has none. Without either an editor opens (VISUAL,
EDITOR). Each change is a new version; a run that is under way goes on by the one that it began with, but keeps what the new one
would keep. Where somebody else has changed the policy meanwhile, nothing is done.
${RULES_HELP}

Examples:
  fairlead policy edit nightly
  fairlead policy edit nightly --mode apply
  fairlead policy edit nightly --unused-for 3d --dry-run
  fairlead policy edit nightly --unused-for 30d --max-networks 50
  fairlead policy edit nightly --no-window --exempt label=keep --exempt 'project=infra-*'
  fairlead policy edit nightly -f nightly.yaml`;

export function registerPolicyEdit(parent: Command, cli: Cli): void {
  const command = parent.command('edit').argument('<policy>', 'name or id').description('Change a cleanup policy');
  withDryRun(withSpec(withClient(command).option('-f, --file <file>', 'what it is to say, - for standard input')))
    .option('--no-match', 'drop the rules that narrow it')
    .option('--no-match-all', 'take that back')
    .option('--no-exempt', 'drop all exemptions')
    .option('--no-schedule', 'let it run only when somebody runs it')
    .option('--no-window', 'let it remove at any time')
    .option('--no-notify', 'tell nobody')
    .addHelpText('after', HELP)
    .action(cli.action(async (policy: string, flags: Flags) => edit(cli, policy, flags)));
}

async function edit(cli: Cli, policy: string, flags: Flags): Promise<void> {
  const client = cli.client(flags);
  const current = await client.getPolicy({ params: { policy } });
  const change = { client, current, flags };
  if (flags.file !== undefined) return update(cli, change, await readPolicyFrom(cli, flags.file));
  return saysAnything(flags) ? update(cli, change) : editByHand(cli, change);
}

interface Change {
  readonly client: Client;
  readonly current: PolicyView;
  readonly flags: Flags;
}

async function update(cli: Cli, change: Change, file?: PolicyFile): Promise<void> {
  const { current, flags } = change;
  const { name } = current;
  if (file?.name !== undefined && file.name !== name) {
    throw new FairleadError('invalid_argument', `The file is of the policy '${file.name}', not of '${name}'`, {
      hint: 'A policy keeps its name. Leave the name out to write it over this one.',
    });
  }
  const said = file === undefined ? current.spec : { ...file.spec, mode: file.mode ?? current.spec.mode };
  const spec = changeSpec(said, flags);
  const version = file?.version ?? current.version;
  const isSame = version === current.version && isDeepStrictEqual(spec, current.spec);
  if (isSame && !flags.dryRun) return nothingChanged(cli);
  const body = { spec, version };
  await (flags.dryRun ? tryOut : make)(cli, change, body).catch((error: unknown) => {
    throw file === undefined ? explainByFlags(error) : file.explain(error, flags);
  });
}

type Body = Pick<PolicyDryRunRequest, 'spec' | 'version'>;

async function make(cli: Cli, { client, current, flags }: Change, body: Body): Promise<void> {
  printPolicy(cli, flags, 'Changed', await client.updatePolicy({ params: { policy: current.id }, body }));
}

const tryOut = (cli: Cli, { client, current, flags }: Change, body: Body): Promise<void> =>
  printDryRun(cli, flags, {
    spec: body.spec,
    paused: current.paused,
    ask: (plan, query) => client.dryRunPolicy({ params: { policy: current.id }, body: { ...body, plan }, query }),
    end: 'Nothing was changed. Without --dry-run it is.',
  });

const nothingChanged = (cli: Cli): void => cli.terminal.warn('Nothing was changed.\n');

/** Opens an editor with what the policy says. The text is kept where it could not be taken. */
async function editByHand(cli: Cli, change: Change): Promise<void> {
  if (!cli.terminal.interactive) throw noTerminal();
  const { name } = change.current;
  const before = toText(change.current);
  const file = join(mkdtempSync(join(tmpdir(), 'fairlead-')), `${name}.yaml`);
  writeFileSync(file, before, { mode: 0o600 });
  try {
    await cli.around.edit(file);
    const after = readFileSync(file, 'utf8');
    if (after === before && !change.flags.dryRun) nothingChanged(cli);
    else await update(cli, change, readPolicyFile(after, file));
  } catch (error) {
    textIsKept(cli, name, file);
    throw error;
  }
  if (change.flags.dryRun) textIsKept(cli, name, file);
  else rmSync(dirname(file), { recursive: true });
}

const textIsKept = (cli: Cli, name: string, file: string): void =>
  cli.terminal.warn(lines([`The text is kept. To go on with it: fairlead policy edit ${name} -f ${file}`]));

const noTerminal = (): FairleadError =>
  new FairleadError('invalid_argument', 'Nothing says what to change, and there is no terminal for an editor', {
    hint: 'Use flags such as --unused-for 30d, or -f FILE.',
  });

const toText = ({ name, version, spec }: PolicyView): string =>
  [
    `# The policy ${name} as it is now. Save and close to make version ${version + 1} of it.`,
    '# Leave it as it is to change nothing.',
    toYaml({ name, version, spec }),
  ].join('\n');
