import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsistencyView } from '@fairlead/api';
import { type Difference, differencesBetween, type Network, toFairleadError } from '@fairlead/domain';
import { fromNetworkMessage } from '@fairlead/link';
import { HostScope } from '../access/host-scope.js';
import { type Clock, toTimestamp } from '../clock.js';
import { type Fleet } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { toAge } from '../hosts/host.view.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type NetworksStore } from '../networks/networks.store.js';
import { asQuestion } from '../operations/results.js';

/** Time for one question to the engine, in milliseconds. */
const DEADLINE_MS = 10_000;
/** Looks at both sides before a difference counts, and the time between two of them in milliseconds. */
const LOOKS = 4;
const BETWEEN_LOOKS_MS = 1000;

/**
 * Compares what is stored of a host with what its engine shows. The agent answers with what it would tell the inventory,
 * cut down in the same way, so that what it leaves out is no difference.
 *
 * Invariant: one comparison of a host at a time; who asks meanwhile is given its answer.
 */
export class ConsistencyService {
  private readonly running = new Map<string, Promise<ConsistencyView>>();

  constructor(
    private readonly hosts: HostsService,
    private readonly networks: NetworksStore,
    private readonly fleet: Fleet,
    private readonly now: Clock,
    private readonly pause: (ms: number) => Promise<unknown> = (ms) => sleep(ms),
  ) {}

  /** @throws FairleadError `host_not_found`, `host_unavailable`, `host_quarantined`, `engine_unavailable` */
  async check(hostName: string, scope: HostScope): Promise<ConsistencyView> {
    this.hosts.get(hostName, scope);
    try {
      return await (this.running.get(hostName) ?? this.begin(hostName));
    } finally {
      // The host may have been forgotten or relabelled meanwhile, and what others may know of is not for everybody.
      this.hosts.get(hostName, scope);
    }
  }

  private begin(hostName: string): Promise<ConsistencyView> {
    const begun = this.compare(hostName).finally(() => this.running.delete(hostName));
    this.running.set(hostName, begun);
    return begun;
  }

  private async compare(hostName: string): Promise<ConsistencyView> {
    for (let looks = 1; ; looks++) {
      const host = this.hosts.get(hostName, HostScope.all);
      const { engine, differences } = await this.look(this.fleet.reachable(host));
      if (differences.length > 0 && looks < LOOKS) {
        await this.pause(BETWEEN_LOOKS_MS);
        continue;
      }
      return {
        host: hostName,
        consistent: differences.length === 0,
        networks: engine.length,
        endpoints: engine.reduce((sum, { endpoints }) => sum + endpoints.length, 0),
        differences,
        looks,
        checkedAt: toTimestamp(this.now()),
        simulated: host.engine.simulated,
        ...toAge(this.fleet.statusOf(host)),
      };
    }
  }

  /** The agent tells of a change when it has seen it: what it had sent before its answer is stored first. */
  private async look(session: HostSession): Promise<{ engine: Network[]; differences: Difference[] }> {
    const engine = await ask(session);
    await session.caughtUp();
    const stored = await this.networks.full(session.name);
    const inventory = Array.from(stored.values(), ({ network }) => network);
    return { engine, differences: differencesBetween(inventory, engine) };
  }
}

async function ask({ connection }: HostSession): Promise<Network[]> {
  try {
    const { networks } = await connection.invoke('ListNetworks', {}, { deadlineMs: DEADLINE_MS });
    return networks.map((message) => fromNetworkMessage(message));
  } catch (error) {
    throw asQuestion(toFairleadError(error));
  }
}
