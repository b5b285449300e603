import { setTimeout as delay } from 'node:timers/promises';
import { type EventView, followEvents } from '@fairlead/api';
import { type Finding } from '../report.js';
import { ms, seriesOf } from '../measure.js';
import { type FleetSite } from './fleet-site.js';
import { type Made, wallClock } from './orders.js';

const RUN_MS = 30_000;
/** Time for the last changes to show. */
const LATE_MS = 5_000;
const READS = 100;

/** Changes on hosts by themselves, until a reader of the events sees them, and until REST shows them. */
export async function measureSightings(fleet: FleetSite, perSecond: number): Promise<Finding[]> {
  const seen = await followChanges(fleet, perSecond);
  const read = await readChanges(fleet);
  const [events, rest] = [seriesOf(seen.times), seriesOf(read)];
  const aim = fleet.hosts > 1_000 ? 'p99 under 1 s' : 'p99 under 250 ms';
  const lost = seen.lost === 0 ? '' : `, ${seen.lost} not seen`;
  const resync = seen.resyncs === 0 ? '' : `, ${seen.resyncs} resync`;
  return [
    {
      what: `change on a host until /events tells it (${fleet.hosts} hosts, ${perSecond} changes/s)`,
      figures: `p50 ${ms(events.p50)}, p99 ${ms(events.p99)} (n=${events.n}${lost}${resync}); controller at ${seen.load.toFixed(0)} % of a core`,
      aim,
    },
    {
      what: 'new network on a host until REST shows it, meanwhile',
      figures: `p50 ${ms(rest.p50)}, p99 ${ms(rest.p99)} (n=${rest.n})`,
      aim,
    },
  ];
}

interface Seen {
  readonly times: number[];
  readonly lost: number;
  readonly resyncs: number;
  readonly load: number;
}

/** Leaves the changes going on. */
async function followChanges(fleet: FleetSite, perSecond: number): Promise<Seen> {
  const { site } = fleet;
  const leaving = new AbortController();
  const waiting = new Map<string, number[]>();
  const early = new Map<string, number>();
  const times: number[] = [];
  let resyncs = 0;
  const sight = (event: EventView): void => {
    if (event.type === 'resync') resyncs += 1;
    if (!event.type.startsWith('network.') || !('id' in event.data)) return;
    const key = `${event.host} ${event.data.id}`;
    const at = wallClock();
    // One event may tell of several changes of a network in quick succession: the first of them waited longest.
    const made = waiting.get(key);
    if (made === undefined) early.set(key, at);
    else times.push(...made.map((each) => at - each));
    waiting.delete(key);
  };
  const follow = async (): Promise<void> => {
    const query = { type: ['network.created', 'network.changed', 'network.removed'] as const };
    const options = { baseUrl: site.baseUrl, headers: site.headers };
    for await (const event of followEvents(options, { query, signal: leaving.signal })) sight(event);
  };
  const note = (made: readonly Made[]): void => {
    for (const { host, networkIds, at } of made) {
      const key = `${host} ${networkIds[0] ?? ''}`;
      // What the agents report may come after the event.
      const before = early.get(key);
      if (before !== undefined && before >= at) times.push(before - at);
      else waiting.set(key, [...(waiting.get(key) ?? []), at]);
      early.delete(key);
    }
  };
  const following = follow();
  await delay(500);
  await fleet.change(perSecond, note);
  const load = await fleet.controllerLoad(RUN_MS);
  await fleet.change(perSecond);
  await delay(LATE_MS);
  leaving.abort();
  await following.catch(() => undefined);
  return { times, resyncs, load, lost: [...waiting.values()].flat().length };
}

/** One network after the other, asked for every 2 ms; then the changes end. */
async function readChanges(fleet: FleetSite): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < READS; round++) {
    const network = `seen-${round}-${Math.round(wallClock())}`;
    const { host, at } = await fleet.appear(fleet.someHost(), network);
    while (!(await shows(fleet, host, network))) await delay(2);
    samples.push(wallClock() - at);
  }
  await fleet.change(0);
  return samples;
}

const shows = async (fleet: FleetSite, host: string, network: string): Promise<boolean> =>
  (await fleet.get(`hosts/${host}/networks/${network}`)).ok;
