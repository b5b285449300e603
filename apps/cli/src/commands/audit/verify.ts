import type { AuditVerdictView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { toData } from '../../output/format.js';
import { lines } from '../../output/rows.js';

const HELP = `
Walks the chain, and compares it with the checkpoints that the controller has signed: its own, and those that the agents
keep. Exit codes: 0 the audit is what it was, 1 it is not. Hosts that could not be asked are named.

Examples:
  fairlead audit verify
  fairlead audit verify -o json`;

export function registerAuditVerify(parent: Command, cli: Cli): void {
  withClient(parent.command('verify').description('Check that no entry of the audit was changed or removed'))
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: ClientFlags) => verify(cli, flags)));
}

async function verify(cli: Cli, flags: ClientFlags): Promise<number> {
  const verdict = await cli.client(flags).verifyAudit();
  const { terminal } = cli;
  const { output } = flags;
  if (output === 'json' || output === 'yaml') terminal.write(toData(output, verdict));
  else if (output === 'name') terminal.write(lines(verdict.faults.map(({ seq }) => String(seq))));
  else terminal.write(lines(describeVerdict(verdict)));
  return verdict.sound ? 0 : 1;
}

/** What was found, worst first, and how much it is worth. */
function describeVerdict({ sound, entries, checkpoints, witnesses, unasked, faults }: AuditVerdictView): string[] {
  const heard = witnesses.map(({ host, newestSeq }) => `${host} up to entry ${newestSeq}`).join(', ');
  return [
    sound ? 'The audit is sound.' : 'THE AUDIT IS NOT WHAT IT WAS.',
    ...faults.map(
      ({ seq, kind, explanation, witness }) =>
        `  entry ${seq}: ${kind}: ${explanation}${witness === null ? '' : ` (witness: ${witness})`}`,
    ),
    `Entries: ${entries}. Signed checkpoints compared: ${checkpoints}.`,
    `Hosts that vouch for it: ${heard || 'none'}.`,
    ...(unasked.length > 0 ? [`Hosts that could not be asked: ${unasked.join(', ')}.`] : []),
  ];
}
