import { toFairleadError } from '@fairlead/domain';
import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';

const PARALLEL = 4;
/** A host whose link is being renewed is asked again. */
const TRIES = 5;

/** Compares what the controller shows of hosts with what their agents say. @param names all hosts, or a sample */
export async function measureConsistent(
  fleet: FleetSite,
  after: string,
  names: readonly string[] = sample(fleet),
): Promise<Finding> {
  const waiting = [...names];
  const wrong: string[] = [];
  let [consistent, networks] = [0, 0];
  const work = async (): Promise<void> => {
    for (let host = waiting.pop(); host !== undefined; host = waiting.pop()) {
      const found = await check(fleet, host);
      if (typeof found === 'string') wrong.push(found);
      else [consistent, networks] = [consistent + 1, networks + found.networks];
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const faults = wrong.length === 0 ? '' : `; not: ${wrong.slice(0, 3).join('; ')}${wrong.length > 3 ? ' …' : ''}`;
  return {
    what: `inventory against agents, ${after}`,
    figures: `${consistent} of ${names.length} hosts the same (${networks} networks)${faults}`,
    aim: 'all',
  };
}

const SAMPLE = 100;

const sample = ({ names }: FleetSite): string[] =>
  names.filter((_, index) => index % Math.ceil(names.length / SAMPLE) === 0);

async function check({ site }: FleetSite, host: string): Promise<{ networks: number } | string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { consistent, networks, differences } = await site.client.checkHost({ params: { host } });
      if (consistent) return { networks };
      return `${host} ${differences.map(({ kind, network }) => `${kind} ${network.name}`).join(', ')}`;
    } catch (error) {
      const { code, message } = toFairleadError(error);
      if (attempt === TRIES) return `${host} ${code}: ${message}`;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
