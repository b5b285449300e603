import { join } from 'node:path';
import type { Machine } from './machine.js';

/** How an engine is started, with all its state in its machine's folder. */
export interface EngineProgram {
  /** Also the name of its log. */
  readonly name: string;
  readonly command: readonly string[];
}

interface EngineOptions {
  readonly engineArgs?: readonly string[] | ((host: string) => readonly string[]);
  readonly iptables?: boolean;
}

export function dockerd(machine: Machine, { engineArgs = [], iptables = true }: EngineOptions): EngineProgram {
  const path = (name: string): string => join(machine.directory, name);
  const own = [
    'dockerd',
    `--host=unix://${path('docker.sock')}`,
    `--data-root=${path('data')}`,
    `--exec-root=${path('exec')}`,
    `--pidfile=${path('docker.pid')}`,
    `--cgroup-parent=/${machine.group}`,
    '--exec-opt=native.cgroupdriver=cgroupfs', // the systemd driver would put containers into slices of the machine
  ];
  const firewall = iptables ? [] : ['--iptables=false', '--ip6tables=false'];
  const extra = typeof engineArgs === 'function' ? engineArgs(machine.name) : engineArgs;
  return { name: 'dockerd', command: [...own, ...firewall, ...extra] };
}

/** Joins the lab's control group, in whichever hierarchies the machine has, and becomes the engine. */
const inGroup =
  'for each in /sys/fs/cgroup /sys/fs/cgroup/pids; do [ ! -e "$each/$0" ] || echo $$ >"$each/$0/cgroup.procs"; done; exec "$@"';

/** Podman's Docker API. Its containers outlive it, as those of a dockerd with --live-restore do. */
export function podman(machine: Machine, { iptables = true }: EngineOptions): EngineProgram {
  const path = (name: string): string => join(machine.directory, name);
  const own = [
    'podman',
    `--root=${path('data')}`,
    '--runroot=/run/podman',
    `--network-config-dir=${path('networks')}`,
    '--cgroup-manager=cgroupfs',
    '--events-backend=file',
    ...['system', 'service', '--time=0', `unix://${path('docker.sock')}`],
  ];
  const firewall = ['env', `NETAVARK_FW=${iptables ? 'nftables' : 'none'}`];
  return { name: 'podman', command: ['sh', '-c', inGroup, machine.group, ...firewall, ...own] };
}
