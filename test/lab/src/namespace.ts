import { join } from 'node:path';
import { run } from './command.js';
import { registryDirectory, type LabRecord } from './record.js';

/** Where iproute2 keeps the namespace, for `nsenter --net=`. */
export function namespacePath(name: string): string {
  return join('/run/netns', name);
}

/** The start of a command line that runs the rest in the namespace, with the mounts of the caller. */
export function inNamespace(name: string): string[] {
  // Not `ip netns exec`: that remounts /sys, which hides the control groups.
  return ['nsenter', `--net=${namespacePath(name)}`, '--'];
}

/** Makes a network namespace whose only device, the loopback, is up. */
export async function addNamespace(record: LabRecord, name: string): Promise<void> {
  record.willMake('namespace', name);
  // The first `ip netns add` of a machine mounts /run/netns on itself; two of them at once would hide each other's.
  await run('flock', [join(registryDirectory, 'lock'), 'ip', 'netns', 'add', name]);
  await configure(name, ['link set lo up']);
}

/** Removes the namespace and with it all its devices. */
export async function removeNamespace(name: string): Promise<void> {
  await run('ip', ['netns', 'del', name]);
}

/** Runs `ip` commands inside a namespace, all in one process. */
export async function configure(name: string, commands: readonly string[]): Promise<void> {
  await run('ip', ['-n', name, '-batch', '-'], { input: commands.join('\n') });
}
