import { setTimeout as delay } from 'node:timers/promises';
import { type RunView } from '@fairlead/api';
import { ms } from '../measure.js';
import { type Finding } from '../report.js';
import { measureConsistent } from './consistent.js';
import { type FleetSite } from './fleet-site.js';
import { showAsked, Trickle } from './trickle.js';
import { withFleet } from './with-fleet.js';

const LIVE_WITHIN_MS = 600_000;
const ENDED_WITHIN_MS = 1_200_000;
const LOOK_MS = 100;
/** Of the networks, how many are gone when the switch is thrown, and for how long it stays so. */
const FROZEN_AT = 0.3;
const FROZEN_MS = 5_000;

const POLICY = 'everything-unused';
/** All that is unused at once: what a policy should never be told on a fleet that somebody needs. */
const SPEC = {
  matchAll: true,
  unusedFor: '0s',
  minAge: '0s',
  caps: { networks: 100_000, hostPercent: 100, fleetPercent: 100 },
};

/** A run of a cleanup policy over so many simulated hosts, frozen in its midst. */
export const measureRun = (hosts: number): Promise<Finding[]> =>
  withFleet(hosts, async function* (fleet) {
    await fleet.enrol();
    await fleet.connect();
    await fleet.untilLive(LIVE_WITHIN_MS);
    yield await clean(fleet);
    yield [await measureConsistent(fleet, 'after the run', fleet.names)];
  });

async function clean(fleet: FleetSite): Promise<Finding[]> {
  const { client } = fleet.site;
  await client.createPolicy({ body: { name: POLICY, spec: SPEC } });
  await client.updatePolicy({ params: { policy: POLICY }, body: { spec: { ...SPEC, mode: 'apply' } } });
  const trickle = new Trickle(fleet);
  const asked = performance.now();
  const plan = await client.planPolicy({ params: { policy: POLICY }, body: { action: 'remove', limit: 1 } });
  const planned = performance.now() - asked;
  const cpu = fleet.controllerCpu();
  const begun = performance.now();
  const { id } = await client.startRun({
    params: { policy: POLICY },
    body: { mode: 'apply', planHash: plan.hash },
  });
  await until(fleet, id, ({ progress: { done, total } }) => total > 0 && done >= FROZEN_AT * total);
  const frozenAt = await freeze(fleet);
  const late = await lastEnd(fleet, id);
  await client.setFreeze({ body: { frozen: false } });
  const run = await until(fleet, id, ({ state }) => state === 'finished');
  const took = performance.now() - begun - FROZEN_MS;
  const load = ((fleet.controllerCpu() - cpu) / took) * 100;
  const { networks, remove } = plan.summary;
  return [
    {
      what: `a plan of ${networks} networks on ${fleet.hosts} hosts, ${remove} of them to remove`,
      figures: ms(planned),
      aim: '',
    },
    {
      what: `its run, without the ${FROZEN_MS / 1000} s in which it was frozen`,
      figures:
        `${run.outcome}: ${describe(run)} in ${(took / 1000).toFixed(1)} s, ${(run.progress.done / (took / 1000)).toFixed(0)} a second; ` +
        `controller at ${load.toFixed(0)} % of a core; ${showAsked(await trickle.stop())}`,
      aim: '',
    },
    {
      what: 'last network removed after the freeze was answered',
      figures: late <= frozenAt ? 'none' : ms(late - frozenAt),
      aim: 'within 1 s',
    },
  ];
}

const describe = ({ progress: { removed, kept, failed, skipped } }: RunView): string =>
  `${removed} removed, ${kept} kept, ${failed} failed, ${skipped} skipped`;

/** @returns when it was answered, in milliseconds since the epoch */
async function freeze(fleet: FleetSite): Promise<number> {
  await fleet.site.client.setFreeze({ body: { frozen: true, reason: 'measured' } });
  const answered = Date.now();
  await delay(FROZEN_MS);
  return answered;
}

async function until(fleet: FleetSite, id: string, holds: (run: RunView) => boolean): Promise<RunView> {
  let run = await fleet.site.client.getRun({ params: { run: id } });
  await fleet.site.until(
    async () => holds((run = await fleet.site.client.getRun({ params: { run: id } }))),
    ENDED_WITHIN_MS,
    LOOK_MS,
  );
  return run;
}

/** When the last network of a run ended so far, in milliseconds since the epoch. */
async function lastEnd({ site }: FleetSite, id: string): Promise<number> {
  let last = 0;
  for (let cursor: string | undefined, more = true; more;) {
    const query = { limit: 500, outcome: ['removed' as const], ...(cursor !== undefined && { cursor }) };
    const page = await site.client.listRunItems({ params: { run: id }, query });
    for (const { endedAt } of page.items) last = Math.max(last, Date.parse(endedAt ?? '') || 0);
    cursor = page.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
  return last;
}
