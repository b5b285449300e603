import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether a process runs, of whomever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process listens on a TCP port, by the kernel's tables (Linux); undefined where these cannot be read: on
 * another system, or for another user's process.
 */
export function listensOn(pid: number, port: number): boolean | undefined {
  try {
    const listening = new Set(['tcp', 'tcp6'].flatMap((table) => listeners(`/proc/${pid}/net/${table}`, port)));
    return readdirSync(`/proc/${pid}/fd`).some((file) => listening.has(linkOf(`/proc/${pid}/fd/${file}`)));
  } catch {
    return undefined;
  }
}

const LISTEN = '0A';

/** Sockets that listen on the port, as links of open files name them: `socket:[4026]`. */
function listeners(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTEN && local.endsWith(`:${wanted}`))
    .map((fields) => `socket:[${fields[9]}]`);
}

/** A file may be closed between the list and the look. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
