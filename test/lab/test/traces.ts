import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { cgroupFolders } from '../src/cgroups.js';
import { allProcesses, hasInEnvironment } from '../src/processes.js';
import { markVariable, registryDirectory } from '../src/record.js';

/** What tests look for after the end of a lab: its folder, and its mark, `fairlead-…`. */
export interface Remains {
  directory: string;
  mark: string;
}

/**
 * Everything on this machine that shows that the lab was here, one line for each thing. Looks on ways of its own,
 * not by the lab's record, so that it sees what the record may have missed.
 */
export function traces({ directory, mark }: Remains): string[] {
  return [
    ...processes(directory, mark),
    ...lines('/proc/self/mountinfo').filter((line) => line.includes(directory) || line.includes(mark)),
    ...entries('/run/netns').filter((name) => name.startsWith(mark)),
    ...cgroupFolders(mark),
    ...entries(registryDirectory).filter((name) => mark.endsWith(name.split('.')[0] ?? '')),
    ...(existsSync(directory) ? [directory] : []),
  ];
}

function processes(directory: string, mark: string): string[] {
  return allProcesses()
    .map((pid) => ({ pid, command: lines(`/proc/${pid}/cmdline`).join(' ').replaceAll('\0', ' ') }))
    .filter(({ pid, command }) => command.includes(directory) || hasInEnvironment(pid, markVariable, mark))
    .map(({ pid, command }) => `process ${pid}: ${command}`);
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function entries(path: string): string[] {
  try {
    return readdirSync(path).map((name) => basename(name));
  } catch {
    return [];
  }
}
