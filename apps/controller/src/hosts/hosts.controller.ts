import {
  type HostListView,
  type HostPatch,
  type HostQuery,
  type HostView,
  hostParams,
  hostPatch,
  hostQuery,
} from '@fairlead/api';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { type Clock } from '../clock.js';
import { actorOf } from '../http/commands.responder.js';
import { CLOCK } from '../http/tokens.js';
import { validBody, validParams, validQuery } from '../http/validated.js';
import { HostsService } from './hosts.service.js';

@Controller('hosts')
export class HostsController {
  constructor(
    private readonly hosts: HostsService,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  @Get()
  list(@Query(validQuery(hostQuery)) query: HostQuery): Promise<HostListView> {
    return this.hosts.list(query);
  }

  @Get(':host')
  show(@Param(validParams(hostParams)) { host }: { host: string }): Promise<HostView> {
    return this.hosts.show(host);
  }

  @Patch(':host')
  relabel(
    @Param(validParams(hostParams)) { host }: { host: string },
    @Body(validBody(hostPatch)) patch: HostPatch,
    @Req() request: Request,
  ): Promise<HostView> {
    return this.hosts.relabel(host, patch, actorOf(request), this.now());
  }

  @Delete(':host')
  @HttpCode(204)
  async forget(@Param(validParams(hostParams)) { host }: { host: string }, @Req() request: Request): Promise<void> {
    await this.hosts.forget(host, actorOf(request), this.now());
  }
}
