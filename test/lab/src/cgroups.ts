import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from './waiting.js';

/** The folders of the control group `name` in all hierarchies of the machine (v1 has many, v2 has one). */
export function cgroupFolders(name: string): string[] {
  return hierarchies()
    .map((mount) => join(mount, name))
    .filter((folder) => list(folder) !== undefined);
}

/** The processes in a control group and those below it. */
export function cgroupProcesses(folder: string): number[] {
  return tree(folder).flatMap((each) => pids(join(each, 'cgroup.procs')));
}

/**
 * Removes a control group without processes and those below it.
 * @returns false if it is still there: the kernel lets a group go only a moment after its last process.
 */
export async function removeCgroup(folder: string): Promise<boolean> {
  const gone = await poll(2000, () => {
    for (const each of tree(folder).reverse()) tryRemove(each);
    return list(folder) === undefined ? true : undefined;
  });
  return gone ?? false;
}

/** Mount points of all cgroup hierarchies: the field before " - cgroup" in proc_pid_mountinfo(5) is options, the fifth is the place. */
function hierarchies(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '')
    .filter(Boolean);
}

/** The folder and all below it, parents first. */
function tree(folder: string): string[] {
  return list(folder) === undefined
    ? []
    : [folder, ...(list(folder) ?? []).flatMap((name) => tree(join(folder, name)))];
}

function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return undefined;
  }
}

function pids(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function tryRemove(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // busy or gone: the caller looks again
  }
}
