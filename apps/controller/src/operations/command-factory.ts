import {
  type ConnectRequest,
  type CreateNetworkRequest,
  type DisconnectRequest,
  type ProbeRequest,
  type PruneRequest,
  type RemoveQuery,
  type RestoreRequest,
} from '@fairlead/api';
import { explainReachability, FairleadError } from '@fairlead/domain';
import { type HostScope } from '../access/host-scope.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type NetworksService } from '../networks/networks.service.js';
import { type NetworksStore } from '../networks/networks.store.js';
import { restoreCommand } from '../restore/restore-command.js';
import { type RestoreService } from '../restore/restore.service.js';
import {
  type Command,
  connectCommand,
  createCommand,
  disconnectCommand,
  probeCommand,
  pruneCommand,
  removeCommand,
} from './commands.js';
import { type FleetExplanation, type NetworkRef } from './operation.js';

/** Makes commands out of requests: names become full ids, filters become an itemised list. Nothing is sent yet. */
export class CommandFactory {
  constructor(
    private readonly hosts: HostsService,
    private readonly networks: NetworksService,
    private readonly store: NetworksStore,
    private readonly restores: Pick<RestoreService, 'find'>,
  ) {}

  async create(hostName: string, body: CreateNetworkRequest, scope: HostScope): Promise<Command> {
    this.hosts.get(hostName, scope);
    return Promise.resolve(createCommand(hostName, body));
  }

  async connect(hostName: string, reference: string, body: ConnectRequest, scope: HostScope): Promise<Command> {
    return connectCommand(hostName, await this.resolve(hostName, reference, scope), body);
  }

  async disconnect(hostName: string, reference: string, body: DisconnectRequest, scope: HostScope): Promise<Command> {
    return disconnectCommand(hostName, await this.resolve(hostName, reference, scope), body);
  }

  async remove(hostName: string, reference: string, query: RemoveQuery, scope: HostScope): Promise<Command> {
    return removeCommand(hostName, await this.resolve(hostName, reference, scope), query);
  }

  /** @throws FairleadError `plan_stale` where by now other networks would go than those that were shown */
  async prune(hostName: string, body: PruneRequest, scope: HostScope): Promise<Command> {
    const plan = await this.networks.plan(this.hosts.get(hostName, scope), body);
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

  /** @throws FairleadError `network_not_found`, `host_not_found` */
  async restore(id: string, body: RestoreRequest, scope: HostScope): Promise<Command> {
    return restoreCommand(await this.restores.find(id, scope), body);
  }

  async probe(hostName: string, body: ProbeRequest, scope: HostScope): Promise<Command> {
    this.hosts.get(hostName, scope);
    return Promise.resolve(probeCommand(hostName, body, () => this.explain(hostName, body, scope)));
  }

  /** A target on another host is one that the source's agent does not know; of its own host it knows more than we. */
  private async explain(
    hostName: string,
    { from, to }: ProbeRequest,
    scope: HostScope,
  ): Promise<FleetExplanation | undefined> {
    const visible = this.hosts.visible(scope).map(({ name }) => name);
    const elsewhere = await this.store.containersElsewhere(hostName, to, visible);
    if (elsewhere.length === 0) return undefined;
    const known = await this.store.full(hostName);
    const networks = Array.from(known.values(), ({ network }) => network);
    const { explanation } = explainReachability({ networks, from, to, elsewhere });
    const local = explainReachability({ networks, from, to, elsewhere: [] });
    if (explanation === local.explanation) return undefined;
    return { explanation, hosts: [...new Set(elsewhere.map(({ host }) => host))] };
  }

  private async resolve(hostName: string, reference: string, scope: HostScope): Promise<NetworkRef> {
    this.hosts.get(hostName, scope);
    const { attributes } = await this.store.resolve(hostName, reference);
    return { id: attributes.id, name: attributes.name };
  }
}
