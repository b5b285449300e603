import {
  type ConnectRequest,
  connectRequest,
  type CreateNetworkRequest,
  createNetworkRequest,
  type DisconnectRequest,
  disconnectRequest,
  type ExportQuery,
  exportQuery,
  type FacetQuery,
  facetQuery,
  hostParams,
  inspectQuery,
  type NetworkDetailView,
  type NetworkFacetsView,
  type NetworkPageView,
  networkParams,
  type NetworkQuery,
  networkQuery,
  type ProbeRequest,
  probeRequest,
  type PrunePlanRequest,
  prunePlanRequest,
  type PrunePlanView,
  type PruneRequest,
  pruneRequest,
  type RemoveQuery,
  removeQuery,
} from '@fairlead/api';
import { Body, Controller, Param, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { CommandsResponder } from '../http/commands.responder.js';
import { validBody, validParams, validQuery } from '../http/validated.js';
import { CommandFactory } from '../operations/command-factory.js';
import { sendExport } from './network-export.js';
import { NetworksService } from './networks.service.js';

interface HostParams {
  readonly host: string;
}
interface NetworkParams extends HostParams {
  readonly network: string;
}

@Controller()
export class NetworksController {
  constructor(
    private readonly networks: NetworksService,
    private readonly commands: CommandFactory,
    private readonly responder: CommandsResponder,
  ) {}

  @Serves('listNetworks')
  list(@Query(validQuery(networkQuery)) query: NetworkQuery, @Req() request: Request): Promise<NetworkPageView> {
    return this.networks.list(query, scopeOf(request));
  }

  @Serves('countNetworks')
  count(@Query(validQuery(facetQuery)) query: FacetQuery, @Req() request: Request): Promise<NetworkFacetsView> {
    return this.networks.count(query, scopeOf(request));
  }

  @Serves('exportNetworks')
  async export(
    @Query(validQuery(exportQuery)) query: ExportQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await sendExport(this.networks.rows(query, scopeOf(request)), query.format, request, response);
  }

  @Serves('getNetwork')
  show(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Query(validQuery(inspectQuery)) { live }: { live: boolean },
    @Req() request: Request,
  ): Promise<NetworkDetailView> {
    const scope = scopeOf(request);
    return live ? this.networks.showLive(host, network, scope) : this.networks.show(host, network, scope);
  }

  @Serves('createNetwork')
  create(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(createNetworkRequest)) body: CreateNetworkRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 201, (scope) => this.commands.create(host, body, scope));
  }

  @Serves('removeNetwork')
  remove(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Query(validQuery(removeQuery)) query: RemoveQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, (scope) => this.commands.remove(host, network, query, scope));
  }

  @Serves('connectContainer')
  connect(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Body(validBody(connectRequest)) body: ConnectRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, (scope) => this.commands.connect(host, network, body, scope));
  }

  @Serves('disconnectContainer')
  disconnect(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Body(validBody(disconnectRequest)) body: DisconnectRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, (scope) =>
      this.commands.disconnect(host, network, body, scope),
    );
  }

  @Serves('planPrune')
  plan(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(prunePlanRequest)) body: PrunePlanRequest,
    @Req() request: Request,
  ): Promise<PrunePlanView> {
    return this.networks.planPrune(host, body, scopeOf(request));
  }

  @Serves('pruneNetworks')
  prune(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(pruneRequest)) body: PruneRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, (scope) => this.commands.prune(host, body, scope));
  }

  @Serves('probe')
  probe(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(probeRequest)) body: ProbeRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, (scope) => this.commands.probe(host, body, scope));
  }
}
