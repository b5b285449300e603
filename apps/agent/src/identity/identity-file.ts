import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';

/** Who this agent is in a cluster. */
export interface Identity {
  readonly clusterId: string;
  readonly agentId: string;
  readonly hostName: string;
  /** PKCS#8, PEM. */
  readonly privateKey: string;
  /** PEM: the certificate for that key first. */
  readonly certificateChain: string;
  /** PEM: all roots to trust. */
  readonly roots: string;
}

/** What the file holds. */
export interface StoredIdentity {
  readonly v: 1;
  readonly identity?: Identity;
  /** Keys that have no certificate here yet, oldest first: the controller may have issued one. */
  readonly pending: readonly string[];
}

/** The steps of a write; a test lets a process die between them. */
export interface WriteSteps {
  /** A new file with this text, on the disk. */
  write(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Names of the folder, on the disk. */
  sync(folder: string): Promise<void>;
}

const FILE = 'identity.json';
const NOTHING: StoredIdentity = { v: 1, pending: [] };

export const identityPath = (folder: string): string => join(folder, FILE);

/**
 * What is stored of an identity in a folder; nothing where there is no file.
 * @throws FairleadError `forbidden` for a file that others can read, `invalid_argument` for one that is damaged
 */
export async function readIdentity(folder: string): Promise<StoredIdentity> {
  const path = identityPath(folder);
  const handle = await openExisting(path);
  if (handle === undefined) return NOTHING;
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) throw readableByOthers(path, mode);
    return parse(path, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new FairleadError('forbidden', `The identity ${path} cannot be read: ${message}`, { cause });
  }
}

/** Puts `stored` in the place of what was there: after a crash at any moment the one or the other is there, whole. */
export async function writeIdentity(folder: string, stored: StoredIdentity, steps: WriteSteps): Promise<void> {
  const path = identityPath(folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await steps.write(`${path}.new`, `${JSON.stringify(stored)}\n`);
    await steps.rename(`${path}.new`, path);
    await steps.sync(folder);
  } catch (cause) {
    throw new FairleadError('journal_failed', `The identity ${path} cannot be written: ${(cause as Error).message}`, {
      hint: 'Nothing was changed. Make room or mend the permissions there.',
      cause,
    });
  }
}

export const fileSteps: WriteSteps = {
  write: async (path, text) => {
    // A leftover may have other permissions than a new file gets.
    await rm(path, { force: true });
    await withHandle(await open(path, 'wx', 0o600), async (handle) => {
      await handle.writeFile(text);
      await handle.sync();
    });
  },
  rename,
  sync: async (folder) => withHandle(await open(folder, 'r'), (handle) => handle.sync()),
};

async function withHandle(handle: FileHandle, act: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await act(handle);
  } finally {
    await handle.close();
  }
}

function parse(path: string, text: string): StoredIdentity {
  try {
    const stored = JSON.parse(text) as Partial<StoredIdentity> | null;
    if (stored?.v === 1 && isTexts(stored.pending) && (stored.identity === undefined || isIdentity(stored.identity))) {
      return stored as StoredIdentity;
    }
  } catch {
    // Told below: what it was does not matter, and must not be printed.
  }
  throw damaged(path);
}

/** What is wrong with it is not said: it holds a key. */
export const damaged = (path: string, cause?: unknown): FairleadError =>
  new FairleadError('invalid_argument', `The identity ${path} is damaged`, {
    hint: `Restore it, or remove it and join anew with a token of 'fairlead host join-token create'.`,
    cause,
  });

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const PARTS = ['clusterId', 'agentId', 'hostName', 'privateKey', 'certificateChain', 'roots'] as const;
const isIdentity = (value: Partial<Identity>): boolean => isTexts(PARTS.map((part) => value[part]));

const readableByOthers = (path: string, mode: number): FairleadError =>
  new FairleadError('forbidden', `The identity ${path} can be read by others (mode ${(mode & 0o777).toString(8)})`, {
    hint: `Whoever read it can pass for this host. Run 'chmod 600 ${path}', and if others may have read it, revoke the host and join anew.`,
  });
