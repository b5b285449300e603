import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from './command.js';

/** Whether a lab can run here; if not, why, and what would help. */
export type LabAvailability = { available: true } | { available: false; reason: string };

/** Each program with the Debian package that has it. */
const programs = {
  dockerd: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  docker: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  flock: 'util-linux',
  busybox: 'busybox-static',
};

/** Looks whether this machine can run a lab: Linux, root, the programs, and the right to make namespaces. */
export function labAvailability(): LabAvailability {
  const reason = notLinux() ?? notRoot() ?? missingPrograms() ?? dynamicBusybox() ?? noNamespaces();
  return reason === undefined ? { available: true } : { available: false, reason };
}

function notLinux(): string | undefined {
  return process.platform === 'linux' ? undefined : `the lab needs Linux, this is ${process.platform}`;
}

function notRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'the lab needs root';
}

function missingPrograms(): string | undefined {
  const missing = Object.entries(programs).filter(([program]) => !findProgram(program));
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
  return `not found: ${missing.map(([program]) => program).join(', ')} (Debian: apt install ${packages})`;
}

function dynamicBusybox(): string | undefined {
  const path = findProgram('busybox');
  if (path === undefined || isStatic(readFileSync(path))) return undefined;
  return `${path} needs shared libraries, so an image cannot be made of it (Debian: apt install busybox-static)`;
}

/** No program header of type PT_INTERP (3): the file asks for no dynamic loader. Offsets of ELF64, see elf(5). */
function isStatic(elf: Buffer): boolean {
  const start = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const types = Array.from({ length: elf.readUInt16LE(56) }, (_, index) => elf.readUInt32LE(start + index * size));
  return !types.includes(3);
}

function noNamespaces(): string | undefined {
  const { status, stderr } = spawnSync('unshare', ['--net', '--mount', '--uts', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `root may not make namespaces here (a container without rights?): ${stderr.trim()}`;
}
