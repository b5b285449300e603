import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FairleadError } from '@fairlead/domain';

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

/**
 * The folder of the private keys: 0700, its files 0600. Nothing in it is read while somebody else could read it too.
 *
 * Invariants: a file has its name only once it is whole and on the disk; errors name files and never what is in them.
 */
export class CaFolder {
  private constructor(readonly path: string) {}

  /**
   * Makes the folder where it is missing.
   * @throws FairleadError `storage_failed`: others may read it, or it cannot be made or read
   */
  static async open(path: string): Promise<CaFolder> {
    try {
      const made = await mkdir(path, { recursive: true, mode: 0o700 });
      if (made !== undefined) await syncFolder(dirname(path));
      await assertPrivate(path, '0700');
      return new CaFolder(path);
    } catch (error) {
      throw toFault(path, error);
    }
  }

  pathOf(name: string): string {
    return join(this.path, name);
  }

  async names(): Promise<string[]> {
    try {
      return await readdir(this.path);
    } catch (error) {
      throw toFault(this.path, error);
    }
  }

  /** @returns undefined where there is no such file @throws FairleadError `storage_failed`: also where others may read it */
  async read(name: string): Promise<string | undefined> {
    const path = this.pathOf(name);
    try {
      await assertPrivate(path, '0600');
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw toFault(path, error);
    }
  }

  /** Takes the place of a file of that name in one step. */
  async write(name: string, text: string): Promise<void> {
    const path = this.pathOf(name);
    const draft = `${path}.new`;
    try {
      await rm(draft, { force: true });
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.rename(`${name}.new`, name);
    } catch (error) {
      throw toFault(path, error);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    try {
      await rename(this.pathOf(from), this.pathOf(to));
      await syncFolder(this.path);
    } catch (error) {
      throw toFault(this.pathOf(to), error);
    }
  }

  /** No error where there is none. */
  async remove(name: string): Promise<void> {
    try {
      await rm(this.pathOf(name), { force: true });
      await syncFolder(this.path);
    } catch (error) {
      throw toFault(this.pathOf(name), error);
    }
  }
}

async function assertPrivate(path: string, mode: string): Promise<void> {
  const own = process.getuid?.();
  // Windows has no such bits.
  if (own === undefined) return;
  const found = await stat(path);
  if ((found.mode & OTHERS) !== 0) {
    const bits = (found.mode & 0o777).toString(8).padStart(4, '0');
    throw new FairleadError('storage_failed', `Others than the owner may read ${path} (mode ${bits})`, {
      hint: `If nobody has: chmod ${mode} ${path}. If somebody may have: rotate the root after that (fairlead ca prepare).`,
    });
  }
  if (found.uid !== own) {
    throw new FairleadError('storage_failed', `${path} belongs to another user (uid ${found.uid}), who may read it`, {
      hint: `Run the controller as that user, or give it the files: chown ${own} ${path}`,
    });
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

function toFault(path: string, error: unknown): FairleadError {
  if (error instanceof FairleadError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new FairleadError('storage_failed', `The keys at ${path} cannot be read or written: ${why}`, {
    hint: 'See that the folder is there for the user of the controller, and that the disk is not full.',
    cause: error,
  });
}
