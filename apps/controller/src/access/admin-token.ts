import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import { type Log } from '../log.js';
import { type ApiTokensService } from './api-tokens.service.js';

/** Read by the CLI of whoever may read the data folder. */
export const ADMIN_TOKEN_FILE = 'admin.token';

/**
 * Makes the admin's token of a first start, so that nobody has to be asked for anything on the machine of the
 * controller. With `reset`, where the file is missing, another one takes its place: who may delete the file may read
 * the database as well.
 * @returns the file, where one was written
 */
export async function ensureAdminToken(
  dataDir: string,
  tokens: ApiTokensService,
  reset: boolean,
  log: Log,
): Promise<string | undefined> {
  const path = join(dataDir, ADMIN_TOKEN_FILE);
  const token = (await tokens.first()) ?? (reset && !existsSync(path) ? await tokens.another() : undefined);
  if (token === undefined) return undefined;
  writeForOwner(path, `${token.text}\n`);
  // The file first: a token whose file was lost could not be found by anybody.
  await token.keep();
  log("the admin's token was made", { name: token.name, file: path });
  return path;
}

/** The whole text or the old one, readable for its owner from its first byte on. */
function writeForOwner(path: string, text: string): void {
  const fresh = `${path}.new`;
  try {
    rmSync(fresh, { force: true });
    const file = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (cause) {
    throw new FairleadError('storage_failed', `The admin's token cannot be written to ${path}`, {
      hint: 'Make the data folder writable for this user.',
      cause,
    });
  }
}
