import { parseSelector, fitsCanary, waveOf } from '@fairlead/domain';
import { type FleetPlan } from '../policies/fleet-plan.js';
import { type PlannedItem } from './run.js';

const WAVES = [0, 1, 2] as const;

/**
 * What a plan removes, in the order in which it is taken: by wave, and within one as the plan has it. Made one after the
 * other as they are asked for, since there may be very many.
 * @param canary selector of the hosts to begin with, as text
 * @param labelsOf those of a host; undefined: it is no longer known
 * @param most only so many of them, the first
 */
export function* toPlannedItems(
  { removals }: FleetPlan,
  canary: string,
  labelsOf: (hostName: string) => Readonly<Record<string, string>> | undefined,
  most: number,
): Generator<PlannedItem> {
  const selector = parseSelector(canary);
  const hosts = [...new Set(removals.map(({ hostName }) => hostName))];
  const waves = waveOf(hosts, (host) => fitsCanary(selector, labelsOf(host) ?? {}));
  let position = 0;
  for (const wave of WAVES) {
    for (const removal of removals) {
      if (waves.get(removal.hostName) !== wave) continue;
      if (position === most) return;
      yield { ...removal, wave, position };
      position += 1;
    }
  }
}
