import { type Finding } from '../report.js';
import { measureArrival } from './arrival.js';
import { measureConsistent } from './consistent.js';
import { type FleetSite } from './fleet-site.js';
import { measureIngest } from './ingest.js';
import { measureQuerying } from './querying.js';
import { measureSightings } from './sightings.js';
import { measureStanding } from './standing.js';
import { measureStorm } from './storm.js';
import { withFleet } from './with-fleet.js';

/** Hosts of the smaller fleet whose changes are followed, beside the large one. */
const SMALL = 1_000;
const CHANGES_PER_SECOND = 100;

/** Every figure of the inventory at scale, on one fleet of so many simulated hosts and a smaller one. */
export async function measureFleet(hosts: number): Promise<Finding[]> {
  const small = hosts > SMALL ? await withFleet(SMALL, measureSmall) : [];
  return [...small, ...(await withFleet(hosts, measureLarge))];
}

async function* measureSmall(fleet: FleetSite): AsyncGenerator<Finding[]> {
  await fleet.enrol();
  yield [await measureArrival(fleet)];
  yield await measureSightings(fleet, CHANGES_PER_SECOND);
}

async function* measureLarge(fleet: FleetSite): AsyncGenerator<Finding[]> {
  yield await measureIngest(fleet);
  yield [await measureConsistent(fleet, 'after the first inventory')];
  yield await measureQuerying(fleet);
  yield await measureStanding(fleet);
  yield await measureStorm(fleet, 'SIGKILL');
  yield [await measureConsistent(fleet, 'after the kill')];
  yield await measureStorm(fleet, 'SIGTERM');
  yield await measureSightings(fleet, CHANGES_PER_SECOND);
  yield [await measureConsistent(fleet, 'after the changes')];
}
