import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';

const LONGEST_MS = 600_000;

/** Hosts that have joined dial for the first time, each with its whole inventory, until all are live. */
export async function measureArrival(fleet: FleetSite): Promise<Finding> {
  const begun = performance.now();
  await fleet.connect();
  await fleet.untilLive(LONGEST_MS);
  const seconds = (performance.now() - begun) / 1000;
  const { sessions, lost } = await fleet.tally();
  const failed = Object.values(lost).reduce((sum, count) => sum + count, 0);
  return {
    what: `${fleet.hosts} hosts come for the first time, each with its inventory`,
    figures: `all live after ${seconds.toFixed(1)} s: ${sessions} sessions, ${failed} dials in vain`,
    aim: '',
  };
}
