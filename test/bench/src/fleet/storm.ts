import { setTimeout as delay } from 'node:timers/promises';
import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';
import { showAsked, Trickle } from './trickle.js';

const LONGEST_MS = 600_000;
const SETTLED_MS = 35_000;

/** The controller is killed, or stopped, and started again: until every host is live. */
export async function measureStorm(fleet: FleetSite, signal: 'SIGKILL' | 'SIGTERM'): Promise<Finding[]> {
  // A session of 30 s lets an agent dial quickly again.
  await delay(SETTLED_MS);
  const before = await fleet.tally();
  await fleet.site.endController(signal);
  const begun = performance.now();
  await fleet.site.startController();
  const served = (performance.now() - begun) / 1000;
  const trickle = new Trickle(fleet);
  const most = Math.floor(fleet.hosts * 0.99);
  await fleet.site.until(async () => (await fleet.live()) >= most, LONGEST_MS);
  const nearly = (performance.now() - begun) / 1000;
  await fleet.untilLive(LONGEST_MS);
  const seconds = (performance.now() - begun) / 1000;
  const asked = await trickle.stop();
  const after = await fleet.tally();
  const sessions = after.sessions - before.sessions;
  const snapshots = after.snapshots - before.snapshots;
  const messages = after.bookmarks - before.bookmarks + after.deltas - before.deltas + snapshots;
  for (const [reason, count] of Object.entries(after.lost)) {
    const times = count - (before.lost[reason] ?? 0);
    if (times > 0) process.stderr.write(`  ${times} times ${reason.slice(0, 160)}\n`);
  }
  const how = signal === 'SIGKILL' ? 'killed' : 'stopped';
  return [
    {
      what: `controller ${how} and started again: all ${fleet.hosts} hosts live`,
      figures:
        `${seconds.toFixed(1)} s after its start, 99 % ${nearly.toFixed(1)} s (it served after ${served.toFixed(1)} s); ${sessions} sessions, ` +
        `${snapshots} snapshots, ${(messages / fleet.hosts).toFixed(2)} messages a host, heartbeats included`,
      aim: 'within 90 s; no snapshot of an unchanged host',
    },
    { what: `lists meanwhile (${how})`, figures: showAsked(asked), aim: 'usable throughout' },
  ];
}
