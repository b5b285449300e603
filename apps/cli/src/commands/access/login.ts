import type { Command } from 'commander';
import { FairleadError } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { canonical } from '../../credentials/address.js';
import { loginsOf, refuseExposed } from '../../credentials/credentials.js';
import { readToken, toToken } from '../../credentials/token-text.js';
import { withClient } from '../../flags.js';
import { lines, printViews } from '../../output/rows.js';
import { signInByDevice } from './device.js';
import { describeCaller } from './whoami.js';

interface Flags extends ClientFlags {
  readonly tokenFile?: string;
  readonly device?: boolean;
}

const HELP = `
Keeps a login for one address, in ~/.config/fairlead/credentials.json, for you alone. It is never sent to another address.
The token is asked for on a terminal and read from standard input elsewhere; it is no argument, since every user of a
machine may read those. --device signs in with the identity provider of the controller, on any device with a browser.

Nothing of this is needed for a controller that runs on this machine as you, in the default data folder or by
'fairlead up'. Of another one on this machine, name the file that it made at its first start.

FAIRLEAD_TOKEN and FAIRLEAD_TOKEN_FILE, where they are set, are used instead of a login.

Examples:
  fairlead login https://fairlead.example.org
  fairlead login https://fairlead.example.org --device
  fairlead login --token-file /var/lib/fairlead/admin.token
  pass show fairlead | fairlead login https://fairlead.example.org`;

export function registerLogin(program: Command, cli: Cli): void {
  const command = program
    .command('login')
    .argument('[url]', 'address of the controller (FAIRLEAD_API_URL, http://127.0.0.1:7800)')
    .description('Sign in to a controller, and keep the login');
  withClient(command)
    .option('--token-file <file>', 'file that holds an API token')
    .option('--device', 'sign in with a browser, on this or another device')
    .addHelpText('after', HELP)
    .action(cli.action(async (url: string | undefined, flags: Flags) => login(cli, url, flags)));
}

async function login(cli: Cli, url: string | undefined, flags: Flags): Promise<void> {
  const { apiUrl, ...environment } = cli.config({ api: addressFrom(url, flags) });
  refuseExposed(apiUrl);
  const token = await getToken(cli, apiUrl, flags);
  const caller = await check(cli, apiUrl, token);
  const logins = loginsOf(cli.around.env);
  logins.keep(apiUrl, { token, name: caller.name, kind: caller.kind });
  printViews(cli.terminal, flags.output, {
    views: [caller],
    several: false,
    name: ({ name }) => name,
    describe: (view) => [`Signed in to ${canonical(apiUrl)} as ${describeCaller(view, cli.around.now())}.`],
  });
  const instead = environment.token ? 'FAIRLEAD_TOKEN' : environment.tokenFile && 'FAIRLEAD_TOKEN_FILE';
  if (instead) cli.terminal.warn(lines([`Note: ${instead} is set, and used instead of this login.`]));
}

function addressFrom(url: string | undefined, { api, tokenFile, device }: Flags): string | undefined {
  if (url !== undefined && api !== undefined && url !== api) {
    throw new FairleadError('invalid_argument', 'Two addresses are given: name the controller once');
  }
  if (tokenFile !== undefined && device) {
    throw new FairleadError('invalid_argument', '--token-file and --device are two ways to sign in: choose one');
  }
  return url ?? api;
}

async function getToken(cli: Cli, apiUrl: string, { tokenFile, device }: Flags): Promise<string> {
  if (tokenFile !== undefined) return readToken(tokenFile, tokenFile);
  const { terminal } = cli;
  const { oidc } = await cli.clientWith(apiUrl, undefined).getLoginMethods();
  if (device) return signInByDevice(cli, apiUrl, oidc);
  if (!terminal.interactive) return toToken(await terminal.readInput(), 'Standard input');
  if (oidc) terminal.warn(lines([`With --device you sign in by ${oidc.issuer} instead.`]));
  return toToken(await terminal.askSecret(`Token for ${canonical(apiUrl)}: `), 'The answer');
}

/** Whose token it is. @throws FairleadError `unauthenticated` where the controller does not accept it */
async function check(cli: Cli, apiUrl: string, token: string) {
  try {
    return await cli.clientWith(apiUrl, token).whoami();
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== 'unauthenticated') throw error;
    throw new FairleadError('unauthenticated', `${canonical(apiUrl)} does not accept this token: ${error.message}`, {
      hint: "An admin makes one with 'fairlead token create NAME --role ROLE'.",
      cause: error,
    });
  }
}
