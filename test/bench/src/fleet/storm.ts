import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';
import { showAsked, Trickle } from './trickle.js';

const LONGEST_MS = 600_000;

/** The controller is killed, or stopped, and started again: until every host is live. */
export async function measureStorm(fleet: FleetSite, signal: 'SIGKILL' | 'SIGTERM'): Promise<Finding[]> {
  const before = await fleet.tally();
  await fleet.site.endController(signal);
  const begun = performance.now();
  await fleet.site.startController();
  const served = (performance.now() - begun) / 1000;
  const trickle = new Trickle(fleet.site);
  await fleet.untilLive(LONGEST_MS);
  const seconds = (performance.now() - begun) / 1000;
  const asked = await trickle.stop();
  const after = await fleet.tally();
  const sessions = after.sessions - before.sessions;
  const snapshots = after.snapshots - before.snapshots;
  const messages = after.bookmarks - before.bookmarks + after.deltas - before.deltas + snapshots;
  const how = signal === 'SIGKILL' ? 'killed' : 'stopped';
  return [
    {
      what: `controller ${how} and started again: all ${fleet.hosts} hosts live`,
      figures:
        `${seconds.toFixed(1)} s after its start (it served after ${served.toFixed(1)} s); ${sessions} sessions, ` +
        `${snapshots} snapshots, ${(messages / fleet.hosts).toFixed(2)} messages a host, heartbeats included`,
      aim: 'within 90 s; no snapshot of an unchanged host',
    },
    { what: `lists meanwhile (${how})`, figures: showAsked(asked), aim: 'usable throughout' },
  ];
}
