import {
  type ConnectRequest,
  connectRequest,
  type CreateNetworkRequest,
  createNetworkRequest,
  type DisconnectRequest,
  disconnectRequest,
  hostParams,
  inspectQuery,
  type NetworkDetailView,
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
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { CommandsResponder } from '../http/commands.responder.js';
import { validBody, validParams, validQuery } from '../http/validated.js';
import { CommandFactory } from '../operations/command-factory.js';
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

  @Get('networks')
  list(@Query(validQuery(networkQuery)) query: NetworkQuery): Promise<NetworkPageView> {
    return this.networks.list(query);
  }

  @Get('hosts/:host/networks/:network')
  show(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Query(validQuery(inspectQuery)) { live }: { live: boolean },
  ): Promise<NetworkDetailView> {
    return live ? this.networks.showLive(host, network) : this.networks.show(host, network);
  }

  @Post('hosts/:host/networks')
  create(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(createNetworkRequest)) body: CreateNetworkRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 201, () => this.commands.create(host, body));
  }

  @Delete('hosts/:host/networks/:network')
  remove(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Query(validQuery(removeQuery)) query: RemoveQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, () => this.commands.remove(host, network, query));
  }

  @Post('hosts/:host/networks/:network/connect')
  connect(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Body(validBody(connectRequest)) body: ConnectRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, () => this.commands.connect(host, network, body));
  }

  @Post('hosts/:host/networks/:network/disconnect')
  disconnect(
    @Param(validParams(networkParams)) { host, network }: NetworkParams,
    @Body(validBody(disconnectRequest)) body: DisconnectRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, () => this.commands.disconnect(host, network, body));
  }

  @Post('hosts/:host/prune/plan')
  @HttpCode(200)
  plan(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(prunePlanRequest)) body: PrunePlanRequest,
  ): Promise<PrunePlanView> {
    return this.networks.planPrune(host, body);
  }

  @Post('hosts/:host/prune')
  prune(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(pruneRequest)) body: PruneRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, () => this.commands.prune(host, body));
  }

  @Post('hosts/:host/probe')
  probe(
    @Param(validParams(hostParams)) { host }: HostParams,
    @Body(validBody(probeRequest)) body: ProbeRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 200, () => this.commands.probe(host, body));
  }
}
