import type { Command } from 'commander';
import { toFairleadError } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { canonical } from '../../credentials/address.js';
import { loginsOf } from '../../credentials/credentials.js';
import type { Login } from '../../credentials/logins.js';
import { withClient } from '../../flags.js';
import { lines } from '../../output/rows.js';

const HELP = `
Ends the session of a device login. An API token goes on until it expires or is revoked ('fairlead token rm'): it is only
forgotten here.

Examples:
  fairlead logout
  fairlead logout https://fairlead.example.org`;

export function registerLogout(program: Command, cli: Cli): void {
  const command = program
    .command('logout')
    .argument('[url]', 'address of the controller (FAIRLEAD_API_URL, http://127.0.0.1:7800)')
    .description('Forget the login for a controller, and end its session');
  withClient(command)
    .addHelpText('after', HELP)
    .action(cli.action(async (url: string | undefined, flags: ClientFlags) => logout(cli, url, flags)));
}

async function logout(cli: Cli, url: string | undefined, flags: ClientFlags): Promise<void> {
  const { apiUrl } = cli.config({ api: url ?? flags.api });
  const logins = loginsOf(cli.around.env);
  const kept = logins.of(apiUrl);
  if (!kept) {
    cli.terminal.warn(lines([`There is no login for ${canonical(apiUrl)}.`]));
    return;
  }
  // Forgotten first: whatever the controller says, it is not used again.
  logins.forget(apiUrl);
  if (kept.kind === 'session') await endSession(cli, apiUrl, kept);
  cli.terminal.warn(lines([`The login for ${canonical(apiUrl)} as ${kept.name} is forgotten.`]));
}

async function endSession(cli: Cli, apiUrl: string, { token }: Login): Promise<void> {
  try {
    await cli.clientWith(apiUrl, token).logout();
  } catch (error) {
    const { code, message } = toFairleadError(error);
    if (code === 'unauthenticated') return;
    cli.terminal.warn(lines([`The session could not be ended, and goes on until it expires: ${message}`]));
  }
}
