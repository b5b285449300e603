import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import { type Config, configDir, DEFAULT_API_URL, ownCommand } from '../config.js';
import { canonical, isExposed, isLoopback } from './address.js';
import { ADMIN_TOKEN_FILE, findAdminToken } from './admin-token.js';
import { Logins } from './logins.js';
import { readToken, toToken } from './token-text.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A token, and where it is from, in words: `The token of FAIRLEAD_TOKEN`. */
export interface Credential {
  readonly token: string;
  readonly from: string;
}

export const loginsOf = (env: Environment): Logins => new Logins(join(configDir(env), 'credentials.json'));

/**
 * What to say who one is with, at this address: what the environment holds, the login kept for the address, or the
 * admin's token of a controller that this user runs here. None of it is for any other address.
 * @throws FairleadError where what was named cannot be used; undefined where there is nothing
 */
function findCredential(env: Environment, { apiUrl, token, tokenFile }: Config): Credential | undefined {
  if (token !== undefined) {
    return { token: toToken(token, 'FAIRLEAD_TOKEN'), from: 'The token of FAIRLEAD_TOKEN' };
  }
  if (tokenFile !== undefined) {
    return {
      token: readToken(tokenFile, `The file of FAIRLEAD_TOKEN_FILE, ${tokenFile},`),
      from: `The token in ${tokenFile}`,
    };
  }
  const login = loginsOf(env).of(apiUrl);
  if (login) return { token: login.token, from: `The login as ${login.name} that is kept for ${canonical(apiUrl)}` };
  const admin = findAdminToken(env, apiUrl);
  return admin && { token: admin.token, from: `The token in ${admin.path}` };
}

/** The token to send to an address. @throws FairleadError `forbidden` where others could read it on the way */
export function tokenFor(env: Environment, config: Config): string | undefined {
  const credential = findCredential(env, config);
  if (credential) refuseExposed(config.apiUrl);
  return credential?.token;
}

/** @throws FairleadError `forbidden` for an address beyond this machine without TLS */
export function refuseExposed(apiUrl: string): void {
  if (!isExposed(apiUrl)) return;
  throw new FairleadError(
    'forbidden',
    `No token is sent to ${apiUrl}: without TLS everybody on the way could read it`,
    {
      hint: 'Name its https:// address, or reach it by a tunnel to 127.0.0.1.',
    },
  );
}

/**
 * A 401 in words that help: what was sent, or that nothing was there to send, and how to sign in.
 * @param sent the token that was refused. What is at hand by now may be another one, or none.
 */
export function explainUnauthenticated(
  env: Environment,
  config: Config,
  error: FairleadError,
  sent: string | undefined,
): FairleadError {
  const now = findCredential(env, config);
  const from = now?.token === sent ? now?.from : 'The token that was sent';
  const message =
    sent === undefined
      ? `${config.apiUrl} asks who you are, and there is no login for it`
      : `${from} is not accepted: ${error.message}`;
  return new FairleadError('unauthenticated', message, { hint: howToSignIn(env, config), cause: error });
}

function howToSignIn(env: Environment, { apiUrl, token, tokenFile }: Config): string {
  const address = canonical(apiUrl) === DEFAULT_API_URL ? '' : ` ${apiUrl}`;
  const login = `${ownCommand(env)} login${address}`;
  if (token !== undefined || tokenFile !== undefined) {
    return `Give another token, or none and sign in with '${login}'.`;
  }
  const here = isLoopback(apiUrl)
    ? ` A controller on this machine keeps its admin's in its data folder: '${login} --token-file FOLDER/${ADMIN_TOKEN_FILE}'.`
    : '';
  return `Sign in with '${login}', or set FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE.${here}`;
}
