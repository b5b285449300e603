import {
  type ConnectRequest,
  type CreateNetworkRequest,
  type DisconnectRequest,
  type ProbeRequest,
  type PruneRequest,
  type RemoveQuery,
} from '@fairlead/api';
import { explainReachability, FairleadError } from '@fairlead/domain';
import { type HostsService } from '../hosts/hosts.service.js';
import { type NetworksService } from '../networks/networks.service.js';
import { type NetworksStore } from '../networks/networks.store.js';
import {
  type Command,
  connectCommand,
  createCommand,
  disconnectCommand,
  probeCommand,
  pruneCommand,
  removeCommand,
} from './commands.js';
import { type NetworkRef } from './operation.js';

/** Makes commands out of requests: names become full ids, filters become an itemised list. Nothing is sent yet. */
export class CommandFactory {
  constructor(
    private readonly hosts: HostsService,
    private readonly networks: NetworksService,
    private readonly store: NetworksStore,
  ) {}

  async create(hostName: string, body: CreateNetworkRequest): Promise<Command> {
    this.hosts.get(hostName);
    return Promise.resolve(createCommand(hostName, body));
  }

  async connect(hostName: string, reference: string, body: ConnectRequest): Promise<Command> {
    return connectCommand(hostName, await this.resolve(hostName, reference), body);
  }

  async disconnect(hostName: string, reference: string, body: DisconnectRequest): Promise<Command> {
    return disconnectCommand(hostName, await this.resolve(hostName, reference), body);
  }

  async remove(hostName: string, reference: string, query: RemoveQuery): Promise<Command> {
    return removeCommand(hostName, await this.resolve(hostName, reference), query);
  }

  /** @throws FairleadError `plan_stale` where by now other networks would go than those that were shown */
  async prune(hostName: string, body: PruneRequest): Promise<Command> {
    this.hosts.get(hostName);
    const plan = await this.networks.plan(hostName, body);
    if (body.planHash !== undefined && body.planHash !== plan.hash) {
      throw new FairleadError(
        'plan_stale',
        `The networks of host '${hostName}' have changed since the plan was shown`,
        {
          hint: 'Nothing was removed. Look at the plan again.',
        },
      );
    }
    const items = plan.removals.map(({ network, digest }) => ({ networkId: network.id, expectedDigest: digest }));
    return pruneCommand(hostName, items, body);
  }

  async probe(hostName: string, body: ProbeRequest): Promise<Command> {
    this.hosts.get(hostName);
    return Promise.resolve(probeCommand(hostName, body, () => this.explain(hostName, body)));
  }

  /** A target on another host is one that the source's agent does not know; of its own host it knows more than we. */
  private async explain(hostName: string, { from, to }: ProbeRequest): Promise<string | undefined> {
    const elsewhere = await this.store.containersElsewhere(hostName, to);
    if (elsewhere.length === 0) return undefined;
    const known = await this.store.full(hostName);
    const networks = Array.from(known.values(), ({ network }) => network);
    const { explanation } = explainReachability({ networks, from, to, elsewhere });
    const local = explainReachability({ networks, from, to, elsewhere: [] });
    return explanation === local.explanation ? undefined : explanation;
  }

  private async resolve(hostName: string, reference: string): Promise<NetworkRef> {
    this.hosts.get(hostName);
    const { attributes } = await this.store.resolve(hostName, reference);
    return { id: attributes.id, name: attributes.name };
  }
}
