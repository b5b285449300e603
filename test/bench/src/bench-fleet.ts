import { type Client, createClient } from '@fairlead/api';
import { Lab, type LabHost } from '@fairlead/lab';
import { Fleet } from '@fairlead/lab/fleet';

/** Ports that are not a developer's own. */
const PORTS = { api: 17_800, link: 17_801 };

/** A lab with its fleet, as the measurements use it. */
export interface BenchFleet {
  readonly lab: Lab;
  readonly fleet: Fleet;
  readonly client: Client;
  /** The host that is measured. */
  readonly host: LabHost;
}

export async function startFleet(hosts: number): Promise<BenchFleet> {
  const lab = await Lab.start({ hosts });
  try {
    const fleet = await Fleet.start(lab, PORTS);
    const [host] = lab.hosts;
    if (host === undefined) throw new Error('a lab has at least one host');
    return { lab, fleet, host, client: createClient({ baseUrl: fleet.url, headers: fleet.headers }) };
  } catch (error) {
    await lab.stop();
    throw error;
  }
}
