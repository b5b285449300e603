import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchFleet } from './bench-fleet.js';
import { type Finding } from './report.js';

/** Resident and private memory of a process, in MB (10^6 bytes). */
export function memoryOf(pid: number): { readonly resident: number; readonly own: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const read = (field: string): number =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  return { resident: read('Rss'), own: read('Private_Dirty') + read('Private_Clean') };
}

const IDLE_MS = 10_000;

export async function measureResident({ fleet, host }: BenchFleet): Promise<Finding[]> {
  await delay(IDLE_MS);
  const show = (pid: number): string => {
    const { resident, own } = memoryOf(pid);
    return `${resident.toFixed(0)} MB resident, ${own.toFixed(0)} MB of it its own`;
  };
  return [
    { what: 'agent, idle', figures: show(fleet.agentPid(host)), aim: 'under 60 MB' },
    { what: 'controller, idle, 2 hosts', figures: show(fleet.controllerPid), aim: '' },
  ];
}
