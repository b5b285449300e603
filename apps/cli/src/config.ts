import { homedir } from 'node:os';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Where the controller is, without a trailing slash. */
  readonly apiUrl: string;
}

export const DEFAULT_API_URL = 'http://127.0.0.1:7800';

/**
 * What can be set for the commands of the client, for `docs/configuration.md`; what `controller` and `agent` take is
 * read by these themselves.
 */
export const SETTINGS = {
  api: {
    value: 'URL',
    meaning: 'address of the controller',
    byDefault: DEFAULT_API_URL,
    variable: 'FAIRLEAD_API_URL',
  },
} as const;
type Setting = keyof typeof SETTINGS;

export const variableOf = (setting: Setting): string => SETTINGS[setting].variable;

const OWN_VARIABLES = (Object.keys(SETTINGS) as Setting[]).map(variableOf);

/** The variables that belong to the long-running programs: one shell may have them set for both. */
const FOREIGN_PREFIXES = ['FAIRLEAD_CONTROLLER_', 'FAIRLEAD_AGENT_'];

/** @throws FairleadError `invalid_argument` with a fault for each variable that is wrong or unknown. */
export function loadConfig(env: Environment, apiFlag: string | undefined): Config {
  const faults = Object.keys(env).filter(isUnknown).map(describeUnknown);
  // A variable that is set to nothing is taken for one that is not set, as shells and compose files leave them.
  const apiUrl = apiFlag ?? (env['FAIRLEAD_API_URL'] || DEFAULT_API_URL);
  if (!isHttpUrl(apiUrl)) {
    const path = apiFlag === undefined ? 'FAIRLEAD_API_URL' : '--api';
    faults.push({ path, message: `'${apiUrl}' is not an address such as ${DEFAULT_API_URL}` });
  }
  if (faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new FairleadError('invalid_argument', `The configuration is not valid: ${list}`, { faults });
  }
  return { apiUrl: apiUrl.replace(/\/+$/, '') };
}

function isUnknown(name: string): boolean {
  if (!name.startsWith('FAIRLEAD_') || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))) return false;
  return !isOwn(name);
}

function describeUnknown(path: string): { path: string; message: string } {
  const nearest = [...OWN_VARIABLES].sort((a, b) => distance(path, a) - distance(path, b))[0];
  return { path, message: `there is no such variable; did you mean ${nearest}?` };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Edits that lead from one text to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The environment of this process. */
export const processEnvironment = (): Environment => process.env;

/** Programs that run inside this process would not know the client's own variables: takes them away. */
export function hideOwnVariables(): void {
  for (const name of OWN_VARIABLES) delete process.env[name];
}

/** Where `up` keeps its data unless told otherwise. */
export function defaultDataDir(env: Environment): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead');
}

/** How the user can call this program again: inside the project's folder by way of npx. */
export const ownCommand = (env: Environment): string =>
  env['npm_lifecycle_event'] === undefined && env['npm_command'] === undefined ? 'fairlead' : 'npx fairlead';

const isOwn = (name: string): boolean => OWN_VARIABLES.includes(name);
