import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FairleadError } from '@fairlead/domain';

/**
 * The text of a file that is for its owner alone; undefined where there is none.
 * @throws FairleadError `forbidden` where others may read or write it, `storage_failed` where it cannot be read
 */
export function readPrivate(path: string): string | undefined {
  const file = openExisting(path);
  if (file === undefined) return undefined;
  try {
    // Of the open file: the path may lead elsewhere a moment later.
    const { mode } = fstatSync(file);
    if ((mode & 0o077) !== 0) throw exposed(path, mode);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw failed('read', path, cause);
  }
}

const exposed = (path: string, mode: number): FairleadError =>
  new FairleadError('forbidden', `${path} holds secrets and others may get at it (mode ${modeText(mode)})`, {
    hint: `Do 'chmod 600 ${path}', and make new tokens where somebody may have read it.`,
  });

const modeText = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/**
 * Puts a text in the place of a file, whole or not at all, for its owner alone; its folder too.
 * @throws FairleadError `storage_failed`
 */
export function writePrivate(path: string, text: string): void {
  const folder = dirname(path);
  const next = `${path}.${process.pid}.new`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    rmSync(next, { force: true });
    const file = openSync(next, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch (cause) {
    throw failed('written', path, cause);
  }
}

export const failed = (what: 'read' | 'written', path: string, cause: unknown): FairleadError =>
  new FairleadError('storage_failed', `${path} cannot be ${what}: ${(cause as Error).message}`, { cause });
