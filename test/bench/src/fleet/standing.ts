import { setTimeout as delay } from 'node:timers/promises';
import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';

const REST_MS = 15_000;
const LOOK_MS = 40_000;

/** What a connected fleet costs while nothing happens but heartbeats. */
export async function measureStanding(fleet: FleetSite): Promise<Finding[]> {
  await delay(REST_MS);
  const agents = fleet.agentsCpu();
  const load = await fleet.controllerLoad(LOOK_MS);
  const agentsLoad = ((fleet.agentsCpu() - agents) / LOOK_MS) * 100;
  return [
    {
      what: `controller with ${fleet.hosts} connected hosts, idle`,
      figures:
        `${fleet.controllerMemory().toFixed(0)} MB resident, ${load.toFixed(1)} % of a core ` +
        `(agents ${fleet.agentsMemory().toFixed(0)} MB, ${agentsLoad.toFixed(1)} %)`,
      aim: 'under 1.5 GiB (1,611 MB), under 25 %',
    },
  ];
}
