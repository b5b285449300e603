import { existsSync } from 'node:fs';
import { cgroupFolders, cgroupProcesses, removeCgroup } from './cgroups.js';
import { LabError, run } from './command.js';
import { namespacePath, removeNamespace } from './namespace.js';
import { allProcesses, hasInEnvironment, namespaceKey, programOf } from './processes.js';
import { LabRecord, markVariable, type Made } from './record.js';
import { poll } from './waiting.js';

/**
 * Removes what labs left whose owner ended without `stop()`: their processes, control groups, network namespaces
 * (and with them all links) and folders. Touches only what those labs recorded as theirs.
 * @returns what was removed, one line for each thing.
 * @throws LabError if something would not go; the record stays, so that the next call tries again.
 */
export async function cleanUp(): Promise<string[]> {
  if (process.getuid?.() !== 0) throw new LabError('Only root can remove what labs left. Try again as root.');
  const removed: string[] = [];
  for (const record of LabRecord.takeCrashed()) removed.push(...(await dismantle(record)));
  return removed;
}

/** Removes everything of one lab. Order matters: processes hold namespaces, groups and folders. */
export async function dismantle(record: LabRecord): Promise<string[]> {
  const made = record.made();
  const removed = await endProcesses(record.mark, made);
  for (const group of named(made, 'cgroup')) removed.push(...(await removeGroup(group)));
  for (const name of named(made, 'namespace')) removed.push(...(await dropNamespace(name)));
  for (const path of named(made, 'directory').reverse()) removed.push(...(await removeFolder(path)));
  record.close();
  return removed;
}

/** Kills until none is left: a process may have forked while we read the list. */
async function endProcesses(mark: string, made: Made[]): Promise<string[]> {
  const killed = new Map<number, string>();
  const none = await poll(10_000, () => {
    const left = processesOf(mark, made);
    for (const pid of left) killed.set(pid, killed.get(pid) ?? programOf(pid));
    left.forEach(kill);
    return left.length === 0 ? true : undefined;
  });
  if (!none) throw stillThere(mark, processesOf(mark, made));
  return [...killed].map(([pid, program]) => `process ${pid} (${program})`);
}

/**
 * The processes of a lab, by three marks of which each has at least one: engines, shims, relays and agents carry
 * the lab's mark in their environment; what they start in a host's network is in its namespace; containers have
 * a fresh environment and network, but are in the lab's control group.
 */
export function processesOf(mark: string, made: readonly Made[]): number[] {
  const namespaces = new Set(named(made, 'namespace').map((name) => namespaceKey(namespacePath(name))));
  const grouped = new Set(named(made, 'cgroup').flatMap(cgroupFolders).flatMap(cgroupProcesses));
  const inNamespace = (pid: number) => namespaces.has(namespaceKey(`/proc/${pid}/ns/net`) ?? 'ended');
  return allProcesses()
    .filter((pid) => pid !== process.pid)
    .filter((pid) => grouped.has(pid) || hasInEnvironment(pid, markVariable, mark) || inNamespace(pid));
}

function named(made: readonly Made[], kind: Made['kind']): string[] {
  return made.filter((each) => each.kind === kind).map((each) => each.name);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended by itself
  }
}

async function removeGroup(name: string): Promise<string[]> {
  const folders = cgroupFolders(name);
  const gone = await Promise.all(folders.map(removeCgroup));
  if (gone.includes(false))
    throw new LabError(`The control group ${name} will not go. Try \`npm run lab -- --clean\`.`);
  return folders.length > 0 ? [`control group ${name}`] : [];
}

async function dropNamespace(name: string): Promise<string[]> {
  if (!existsSync(namespacePath(name))) return [];
  await removeNamespace(name);
  return [`network namespace ${name}`];
}

/** Never across a mount: whatever somebody mounted inside the folder is not ours. */
async function removeFolder(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  await run('rm', ['-rf', '--one-file-system', '--', path]);
  return [`folder ${path}`];
}

function stillThere(mark: string, pids: number[]): LabError {
  const list = pids.map((pid) => `${pid} (${programOf(pid)})`).join(', ');
  return new LabError(`Processes of the lab ${mark} outlived SIGKILL for 10 s: ${list}. Look at them with ps.`);
}
