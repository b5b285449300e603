import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';

const FILE = 'lock';

/**
 * Keeps every other agent off a data folder.
 *
 * Invariants: the lock file appears whole and by one step (`link`), so that two who come at once cannot both have it;
 * a lock whose process is gone is taken over, by one step too. A process is known by its number and its start, since
 * numbers are given again after a restart of the machine.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly holder: string,
  ) {}

  /** @throws FairleadError `already_exists`, naming the process; `journal_failed` where nothing can be written */
  static acquire(folder: string): FolderLock {
    const path = join(folder, FILE);
    const holder = `${process.pid} ${look(process.pid).start} ${randomUUID()}`;
    const mine = `${path}.${randomUUID()}`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(mine, holder, { mode: 0o600, flag: 'wx' });
      if (!tryLink(mine, path)) {
        removeStale(folder, path);
        if (!tryLink(mine, path)) throw inUse(folder, read(path));
      }
      return new FolderLock(path, holder);
    } catch (cause) {
      if (cause instanceof FairleadError) throw cause;
      throw new FairleadError('journal_failed', `The data folder ${folder} cannot be used: ${String(cause)}`, {
        hint: 'Choose another with --data-dir, or mend its permissions.',
        cause,
      });
    } finally {
      discard(mine);
    }
  }

  release(): void {
    if (read(this.path) === this.holder) rmSync(this.path, { force: true });
  }
}

/** A leftover of ours harms nobody; the fault that left it is told already. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a lock away whose holder is gone; gives back one that another has put there meanwhile. */
function removeStale(folder: string, path: string): void {
  const holder = read(path);
  if (isAlive(holder)) throw inUse(folder, holder);
  const aside = `${path}.${randomUUID()}`;
  renameSync(path, aside);
  if (read(aside) !== holder) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function isAlive(holder: string): boolean {
  const [pid = '', start = ''] = holder.split(' ');
  if (!/^[1-9]\d*$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = look(Number(pid));
  // One that was killed keeps its number until its parent takes note, which in a container may be never.
  return now.state !== 'Z' && now.start === start;
}

/** State of a process, and when it began in the kernel's ticks since its own start; empty where there is no /proc. */
function look(pid: number): { readonly state: string; readonly start: string } {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const inUse = (folder: string, holder: string): FairleadError =>
  new FairleadError('already_exists', `The data folder ${folder} is in use by process ${holder.split(' ')[0] ?? '?'}`, {
    hint: 'Two agents must not share a journal. Stop that one, or give this one a folder of its own with --data-dir.',
  });
