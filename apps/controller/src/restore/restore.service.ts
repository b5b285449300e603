import { type RestorePlanRequest, type RestorePlanView } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type HostConnection, type PlanRestoreResponse__Output } from '@fairlead/link';
import { type HostScope } from '../access/host-scope.js';
import { type Fleet } from '../fleet/fleet.js';
import { type RemovedNetworksStore } from '../history/removed-networks.store.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { asQuestion } from '../operations/results.js';
import { type RemovedNetwork, restoreQuestion } from './restore-command.js';
import { toRestorePlanView } from './restore.view.js';

/** Time for a question to the engine, in milliseconds. */
const PLAN_DEADLINE_MS = 10_000;

/** Finds networks that are gone, and asks their hosts what making them again would meet. */
export class RestoreService {
  constructor(
    private readonly removals: Pick<RemovedNetworksStore, 'get'>,
    private readonly hosts: Pick<HostsService, 'bounds' | 'find'>,
    private readonly fleet: Pick<Fleet, 'reachable'>,
  ) {}

  /**
   * @param id of the removal
   * @throws FairleadError `network_not_found`; `host_not_found` where its host is none of the fleet any more
   */
  async find(id: string, scope: HostScope): Promise<RemovedNetwork> {
    const removed = await this.removals.get(id, this.hosts.bounds(scope));
    if (this.hosts.find(removed.hostName) === undefined) throw forgotten(removed);
    return removed;
  }

  /**
   * Nothing is done.
   * @throws FairleadError as `find`, `host_unavailable`, and what the agent says: `record_mismatch`, `engine_unavailable`
   */
  async plan(id: string, { renumber }: RestorePlanRequest, scope: HostScope): Promise<RestorePlanView> {
    const removed = await this.find(id, scope);
    const host = this.hosts.find(removed.hostName);
    if (host === undefined) throw forgotten(removed);
    const { connection } = this.fleet.reachable(host);
    const answer = await ask(connection, removed, renumber);
    return toRestorePlanView(removed, answer, host.firstSeenAt > removed.removedAt);
  }
}

async function ask(
  connection: HostConnection,
  removed: RemovedNetwork,
  renumber: boolean,
): Promise<PlanRestoreResponse__Output> {
  try {
    const question = restoreQuestion(removed, renumber);
    return await connection.invoke('PlanRestore', question, { deadlineMs: PLAN_DEADLINE_MS });
  } catch (thrown) {
    const error = toFairleadError(thrown);
    throw error.code === 'unsupported' ? tooOld(removed, connection, error) : asQuestion(error);
  }
}

const forgotten = ({ name, hostName }: RemovedNetwork): FairleadError =>
  new FairleadError('host_not_found', `Host '${hostName}', which network '${name}' was on, was forgotten`, {
    hint: 'Let its agent join again under that name, then restore the network.',
  });

const tooOld = ({ hostName }: RemovedNetwork, { host }: HostConnection, cause: FairleadError): FairleadError =>
  new FairleadError('unsupported', `The agent of '${hostName}' (${host.agentVersion}) cannot restore networks`, {
    hint: 'Update that agent.',
    cause,
  });
