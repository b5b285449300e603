import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_API_URL, defaultDataDir } from '../config.js';
import { isLoopback, portOf } from './address.js';
import { readPrivate } from './private-file.js';
import { isAlive, listensOn } from './processes.js';
import { RunningControllers } from './running-controllers.js';
import { toToken } from './token-text.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a controller writes into its data folder at its first start. */
export const ADMIN_TOKEN_FILE = 'admin.token';

export const runningControllers = (env: Environment): RunningControllers =>
  new RunningControllers(join(defaultDataDir(env), 'controllers.json'));

/**
 * The admin's token of the controller that this user runs on this machine at this address, and the file it is from:
 * one that `fairlead up` has noted, or one whose data folder is the default one or the demo's. Undefined for every
 * other address, also on loopback: a port may lead to another user's program, or through a tunnel to another machine.
 */
export function findAdminToken(env: Environment, apiUrl: string): { token: string; path: string } | undefined {
  if (!isLoopback(apiUrl)) return undefined;
  const noted = runningControllers(env).at(apiUrl)?.tokenFile;
  const byDefault = [defaultDataDir(env), join(defaultDataDir(env), 'demo')].filter((dir) => serves(dir, apiUrl));
  for (const path of [noted, ...byDefault.map((folder) => join(folder, ADMIN_TOKEN_FILE))]) {
    const text = path === undefined ? undefined : readPrivate(path);
    if (path !== undefined && text !== undefined) return { token: toToken(text, path), path };
  }
  return undefined;
}

/**
 * Whether the controller that holds this data folder is the one that listens at the address. Where the system does not
 * tell, it is believed of the default port only.
 */
function serves(folder: string, apiUrl: string): boolean {
  const pid = holderOf(folder);
  if (pid === undefined || !isAlive(pid)) return false;
  return listensOn(pid, portOf(apiUrl)) ?? portOf(apiUrl) === portOf(DEFAULT_API_URL);
}

/** The process that holds a data folder, as it says in a file beside its lock. */
function holderOf(folder: string): number | undefined {
  try {
    const text = readFileSync(join(folder, 'lock.pid'), 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
