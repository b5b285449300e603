import { parseSelector, fitsCanary, waveOf } from '@fairlead/domain';
import { type FleetPlan } from '../policies/fleet-plan.js';
import { type PlannedItem } from './run.js';

/**
 * What a plan removes, in the order in which it is taken: by wave, and within one as the plan has it.
 * @param canary selector of the hosts to begin with, as text
 * @param labelsOf those of a host; undefined: it is no longer known
 */
export function toPlannedItems(
  { removals }: FleetPlan,
  canary: string,
  labelsOf: (hostName: string) => Readonly<Record<string, string>> | undefined,
): PlannedItem[] {
  const selector = parseSelector(canary);
  const hosts = [...new Set(removals.map(({ hostName }) => hostName))];
  const waves = waveOf(hosts, (host) => fitsCanary(selector, labelsOf(host) ?? {}));
  return removals
    .map((removal) => ({ ...removal, wave: waves.get(removal.hostName) ?? 2 }))
    .sort((a, b) => a.wave - b.wave)
    .map((item, position) => ({ ...item, position }));
}
