import { randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, isRunning } from './processes.js';

/** Where the labs of this machine record what they make. It outlives a reboot, since their folders do. */
export const registryDirectory = '/var/lib/fairlead-lab';

/** The environment variable that every process of a lab carries, with the lab's mark as its value. */
export const markVariable = 'LAB_MARK';

export interface Made {
  kind: 'namespace' | 'cgroup' | 'directory';
  name: string;
}

/**
 * What one lab makes, written down before it is made, so that a crash at any point leaves nothing unknown.
 *
 * The file is `<id>.<owner>.jsonl`: one line for each thing, only ever appended; a line torn by a crash names
 * something that was never made. The owner, a process, is in the file's name, so that taking over a dead owner's
 * lab is one atomic rename that only one of several cleaners can win.
 *
 * Processes have no line: a pid is known only after the start, which would be too late. Instead all of them carry
 * the mark in their environment, or are in a recorded namespace or control group.
 */
export class LabRecord {
  private constructor(
    readonly id: string,
    private readonly path: string,
  ) {}

  /** A new lab, owned by this process. */
  static claim(): LabRecord {
    mkdirSync(registryDirectory, { recursive: true, mode: 0o755 });
    const id = randomBytes(4).toString('hex');
    const record = new LabRecord(id, pathOf(id, ownIdentity()));
    closeSync(openSync(record.path, 'wx', 0o644));
    return record;
  }

  /** Takes over every lab whose owner has ended. */
  static takeCrashed(): LabRecord[] {
    return recordNames()
      .map(parseName)
      .filter((name) => name !== undefined)
      .filter(({ owner }) => !isRunning(owner))
      .map(takeOver)
      .filter((record) => record !== undefined);
  }

  /** Name of the lab's namespaces and control groups, and the value of {@link markVariable}. */
  get mark(): string {
    return `fairlead-${this.id}`;
  }

  /** Call before making the thing. */
  willMake(kind: Made['kind'], name: string): void {
    appendFileSync(this.path, `${JSON.stringify({ kind, name } satisfies Made)}\n`);
  }

  /** Everything made so far, or about to be. */
  made(): Made[] {
    return readFileSync(this.path, 'utf8').split('\n').flatMap(parseLine);
  }

  /** Call when nothing of the lab is left. */
  close(): void {
    rmSync(this.path, { force: true });
  }

  /** @internal */
  static at(id: string, path: string): LabRecord {
    return new LabRecord(id, path);
  }
}

interface RecordName {
  id: string;
  owner: string;
}

function takeOver({ id, owner }: RecordName): LabRecord | undefined {
  const path = pathOf(id, ownIdentity());
  try {
    renameSync(pathOf(id, owner), path);
    return LabRecord.at(id, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // another cleaner was first
    throw error;
  }
}

function recordNames(): string[] {
  try {
    return readdirSync(registryDirectory);
  } catch {
    return []; // no lab ever ran here
  }
}

function parseName(name: string): RecordName | undefined {
  const [, id, owner] = /^([0-9a-f]{8})\.(\d+-\d+-[0-9a-f]*)\.jsonl$/.exec(name) ?? [];
  return id !== undefined && owner !== undefined ? { id, owner } : undefined;
}

function parseLine(line: string): Made[] {
  try {
    return [JSON.parse(line) as Made];
  } catch {
    return []; // empty or torn
  }
}

function pathOf(id: string, owner: string): string {
  return join(registryDirectory, `${id}.${owner}.jsonl`);
}

function ownIdentity(): string {
  return identityOf(process.pid) ?? `${process.pid}-0-`;
}
