import { setTimeout as delay } from 'node:timers/promises';
import { ms } from '../measure.js';
import { type Finding } from '../report.js';
import { below, seeded } from './chance.js';
import { measureConsistent } from './consistent.js';
import { type FleetSite } from './fleet-site.js';
import { countRows, sizeOf } from './rows.js';
import { showAsked, Trickle } from './trickle.js';
import { withFleet } from './with-fleet.js';

const CHANGES_PER_SECOND = 20;
const STEP_MS = 5_000;
const LIVE_WITHIN_MS = 300_000;
/** Of the steps, those in which some links break. */
const FAULTY = 0.15;
/** The controller is killed this often, all within the first half: memory is looked at over the second. */
const KILLS = 2;
const TABLES = ['Network', 'Endpoint', 'HistoryEntry', 'RemovedNetwork', 'AuditEntry', 'Operation', 'NetworkText_data'];

interface Look {
  readonly minutes: number;
  readonly memory: number;
}

/** A fleet that changes, with faults, for so many minutes; then every host is compared. */
export const measureSoak = (hosts: number, minutes: number): Promise<Finding[]> =>
  withFleet(hosts, async function* (fleet) {
    await fleet.enrol();
    await fleet.connect();
    await fleet.untilLive(LIVE_WITHIN_MS);
    yield await soak(fleet, minutes);
  });

async function soak(fleet: FleetSite, minutes: number): Promise<Finding[]> {
  const random = seeded(11);
  const before = { counts: countRows(fleet.database, TABLES), size: sizeOf(fleet.database) };
  await fleet.change(CHANGES_PER_SECOND);
  const trickle = new Trickle(fleet);
  const looks: Look[] = [];
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) / 60_000;
  let [kills, drops] = [0, 0];
  while (elapsed() < minutes) {
    await delay(STEP_MS);
    if (kills < KILLS && elapsed() > ((kills + 1) / (KILLS + 1)) * (minutes / 2)) {
      kills += 1;
      await fleet.site.endController('SIGKILL');
      await fleet.site.startController();
    } else if (random() < FAULTY) {
      const broken = 1 + below(random, Math.ceil(fleet.hosts / 20));
      drops += broken;
      await fleet.drop(broken);
    }
    looks.push({ minutes: elapsed(), memory: fleet.controllerMemory() });
  }
  const asked = await trickle.stop();
  const { changes } = await fleet.tally();
  await fleet.change(0);
  const healed = await fleet.untilLive(LIVE_WITHIN_MS);
  const after = { counts: countRows(fleet.database, TABLES), size: sizeOf(fleet.database) };
  const late = looks.filter((look) => look.minutes > minutes / 2);
  const grown = TABLES.map((table) => `${table} ${before.counts[table]} to ${after.counts[table]}`).join(', ');
  return [
    {
      what: `${minutes} min, ${fleet.hosts} hosts, ${changes} changes, ${drops} broken links, ${kills} kills of the controller`,
      figures: `all live ${ms(healed)} after the last of them; ${showAsked(asked)}`,
      aim: '',
    },
    {
      what: "controller's memory over the second half",
      figures: `${late.at(0)?.memory.toFixed(0)} to ${late.at(-1)?.memory.toFixed(0)} MB, slope ${(slopeOf(late) * 60).toFixed(0)} MB an hour`,
      aim: 'no growth without end',
    },
    {
      what: 'rows and size of the database',
      figures: `${grown}; ${(before.size / 1e6).toFixed(0)} to ${(after.size / 1e6).toFixed(0)} MB`,
      aim: 'history and removed networks only',
    },
    await measureConsistent(fleet, 'all hosts, after the soak', fleet.names),
  ];
}

/** MB a minute, by least squares. */
function slopeOf(looks: readonly Look[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(looks.map((look) => look.minutes)), mean(looks.map(({ memory }) => memory))];
  const over = looks.reduce((sum, look) => sum + (look.minutes - x) * (look.memory - y), 0);
  const under = looks.reduce((sum, look) => sum + (look.minutes - x) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
