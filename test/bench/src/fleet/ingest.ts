import { setTimeout as delay } from 'node:timers/promises';
import { times } from '../measure.js';
import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';
import { COUNTED, countRows, insertRaw, sizeOf } from './rows.js';
import { showAsked, Trickle } from './trickle.js';

const LONGEST_MS = 900_000;
const REST_MS = 5_000;

/** All hosts join and have sessions; then all engines answer at once: snapshots into an empty database, while people ask. */
export async function measureIngest(fleet: FleetSite): Promise<Finding[]> {
  const joined = await secondsOf(() => fleet.enrol(true));
  const connected = await secondsOf(async () => {
    await fleet.connect();
    await fleet.untilConnected(LONGEST_MS);
  });
  const { sessions } = await fleet.tally();
  await delay(REST_MS);
  const [cpu, agentsCpu] = [fleet.controllerCpu(), fleet.agentsCpu()];
  const trickle = new Trickle(fleet);
  const seconds = await secondsOf(async () => {
    await fleet.awaken();
    await fleet.untilLive(LONGEST_MS);
  });
  const asked = await trickle.stop();
  const [used, agentsUsed] = [(fleet.controllerCpu() - cpu) / 1000, (fleet.agentsCpu() - agentsCpu) / 1000];
  const counts = countRows(fleet.database, COUNTED);
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const size = sizeOf(fleet.database) / 1e6;
  const raw = insertRaw(fleet.database, fleet.site.file('raw.db'));
  // This thread was busy for long: what the controller has closed meanwhile has to be seen before it is used again.
  await delay(1_000);
  const [rate, rawRate] = [rows / seconds, (raw.rows / raw.ms) * 1000];
  return [
    {
      what: `${fleet.hosts} hosts join`,
      figures: `${joined.toFixed(0)} s: ${(fleet.hosts / joined).toFixed(0)} a second`,
      aim: '',
    },
    {
      what: `${fleet.hosts} hosts get their first session`,
      figures: `${connected.toFixed(0)} s: ${(fleet.hosts / connected).toFixed(0)} a second; ${sessions} sessions`,
      aim: '',
    },
    {
      what: `first inventory of ${fleet.hosts} hosts (${counts['Network']} networks, ${counts['Endpoint']} endpoints)`,
      figures:
        `${seconds.toFixed(1)} s: ${rate.toFixed(0)} rows/s; raw inserts of the same rows ${rawRate.toFixed(0)} rows/s: ` +
        `${times(rate / rawRate)}; CPU ${used.toFixed(0)} s of the controller, ${agentsUsed.toFixed(0)} s of the agents; ` +
        `database ${size.toFixed(0)} MB`,
      aim: 'at least 0.5x',
    },
    { what: 'lists while it comes in', figures: showAsked(asked), aim: 'p99 under 250 ms' },
  ];
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
