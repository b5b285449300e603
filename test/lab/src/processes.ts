import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Names one life of one process: the same pid after a recycling, or after a reboot, is another identity. */
export function identityOf(pid: number): string | undefined {
  const started = startTime(pid);
  return started && `${pid}-${started}-${bootId()}`;
}

/** Whether the process that had this identity still runs. */
export function isRunning(identity: string): boolean {
  return identityOf(Number.parseInt(identity, 10)) === identity;
}

/** The name of the program, for messages. */
export function programOf(pid: number): string {
  return read(`/proc/${pid}/comm`)?.trim() ?? 'ended';
}

/** Every process of the machine; a zombie has ended and is left out. */
export function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => startTime(pid) !== undefined);
}

/** Whether the process was started with `name=value` in its environment, itself or by inheritance. */
export function hasInEnvironment(pid: number, name: string, value: string): boolean {
  return read(`/proc/${pid}/environ`)?.split('\0').includes(`${name}=${value}`) ?? false;
}

/** What tells one network namespace from another; undefined if there is none at this path. */
export function namespaceKey(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Clock ticks from boot to the start of the process, or undefined if it has ended (see proc(5), field 22 of stat). */
function startTime(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' '); // the program's name may hold blanks and brackets
  return fields && !'ZX'.includes(fields[0] ?? 'X') ? fields[19] : undefined;
}

function bootId(): string {
  return (read('/proc/sys/kernel/random/boot_id') ?? '').replaceAll('-', '').trim().slice(0, 12);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // it ended while we looked
  }
}
