import { homedir } from 'node:os';
import { join } from 'node:path';
import { FairleadError, nearest } from '@fairlead/domain';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Where the controller is, without a trailing slash. */
  readonly apiUrl: string;
  /** The caller's API token. A secret. */
  readonly token: string | undefined;
  /** A file that holds it. */
  readonly tokenFile: string | undefined;
}

export const DEFAULT_API_URL = 'http://127.0.0.1:7800';

/**
 * What can be set for the commands of the client, for `docs/configuration.md`; what `controller` and `agent` take is
 * read by these themselves. Tokens have no flag (`flag: false`): every user of a machine may read command lines.
 */
export const SETTINGS = {
  api: {
    value: 'URL',
    meaning: 'address of the controller',
    byDefault: DEFAULT_API_URL,
    variable: 'FAIRLEAD_API_URL',
  },
  token: {
    value: 'TOKEN',
    meaning: 'API token to send with requests',
    byDefault: 'the one that `fairlead login` keeps for the address, else that of a controller of this user',
    variable: 'FAIRLEAD_TOKEN',
    flag: false,
  },
  'token-file': {
    value: 'FILE',
    meaning: 'file that holds it; `FAIRLEAD_TOKEN` wins',
    byDefault: '',
    variable: 'FAIRLEAD_TOKEN_FILE',
    flag: false,
  },
} as const;
type Setting = keyof typeof SETTINGS;

export const variableOf = (setting: Setting): string => SETTINGS[setting].variable;

const OWN_VARIABLES = (Object.keys(SETTINGS) as Setting[]).map(variableOf);

/** The variables that belong to the long-running programs: one shell may have them set for both. */
const FOREIGN_PREFIXES = ['FAIRLEAD_CONTROLLER_', 'FAIRLEAD_AGENT_'];

/** A secret of the agent that joins, and of nobody else. */
const JOIN_TOKEN_VARIABLE = 'FAIRLEAD_AGENT_JOIN_TOKEN';

/** @throws FairleadError `invalid_argument` with a fault for each variable that is wrong or unknown. */
export function loadConfig(env: Environment, apiFlag: string | undefined): Config {
  const faults = Object.keys(env).filter(isUnknown).map(describeUnknown);
  // A variable that is set to nothing is taken for one that is not set, as shells and compose files leave them.
  const apiUrl = apiFlag ?? (env['FAIRLEAD_API_URL'] || DEFAULT_API_URL);
  const fault = faultOfUrl(apiUrl);
  if (fault) faults.push({ path: apiFlag === undefined ? 'FAIRLEAD_API_URL' : '--api', message: fault });
  if (faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new FairleadError('invalid_argument', `The configuration is not valid: ${list}`, { faults });
  }
  return {
    apiUrl: apiUrl.replace(/\/+$/, ''),
    token: env['FAIRLEAD_TOKEN'] || undefined,
    tokenFile: env['FAIRLEAD_TOKEN_FILE'] || undefined,
  };
}

function isUnknown(name: string): boolean {
  if (!name.startsWith('FAIRLEAD_') || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))) return false;
  return !isOwn(name);
}

function describeUnknown(path: string): { path: string; message: string } {
  return { path, message: `there is no such variable; did you mean ${nearest(path, OWN_VARIABLES)}?` };
}

function faultOfUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return `'${text}' is not an address such as ${DEFAULT_API_URL}`;
  }
  // Addresses are shown and kept in histories: a password has no place there.
  if (url.username || url.password) return 'an address holds no name or password here; use a token';
  return url.search || url.hash ? 'an address ends with its path here: leave out what begins with ? or #' : undefined;
}

/** The environment of this process. */
export const processEnvironment = (): Environment => process.env;

/**
 * Programs that run inside this process would not know the client's own variables, and tokens are no business of
 * theirs: takes them away. Only the agent keeps what lets it join.
 */
export function hideOwnVariables(program: 'controller' | 'agent'): void {
  for (const name of OWN_VARIABLES) delete process.env[name];
  if (program !== 'agent') delete process.env[JOIN_TOKEN_VARIABLE];
}

/** The environment for programs that `up` starts: without secrets. Its agent needs no token, on the Unix socket. */
export function childEnvironment(env: Environment): Record<string, string | undefined> {
  const hidden = [...OWN_VARIABLES, JOIN_TOKEN_VARIABLE];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.includes(name)));
}

/** Where `up` keeps its data unless told otherwise. */
export function defaultDataDir(env: Environment): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead');
}

/** Where the client keeps its logins. */
export function configDir(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'fairlead');
}

/** How the user can call this program again: inside the project's folder by way of npx. */
export const ownCommand = (env: Environment): string =>
  env['npm_lifecycle_event'] === undefined && env['npm_command'] === undefined ? 'fairlead' : 'npx fairlead';

/** The editor that somebody wants, as a command of the shell. */
export const editorOf = (env: Environment): string => env['VISUAL'] || env['EDITOR'] || 'vi';

const isOwn = (name: string): boolean => OWN_VARIABLES.includes(name);
