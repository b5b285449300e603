import {
  type HostListView,
  type HostPatch,
  type HostQuery,
  type HostView,
  hostParams,
  hostPatch,
  hostQuery,
} from '@fairlead/api';
import { Body, Controller, Inject, Param, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { type Clock } from '../clock.js';
import { actorOf } from '../http/commands.responder.js';
import { CLOCK } from '../http/tokens.js';
import { validBody, validParams, validQuery } from '../http/validated.js';
import { HostsService } from './hosts.service.js';

@Controller()
export class HostsController {
  constructor(
    private readonly hosts: HostsService,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  @Serves('listHosts')
  list(@Query(validQuery(hostQuery)) query: HostQuery, @Req() request: Request): HostListView {
    return this.hosts.list(query, scopeOf(request));
  }

  @Serves('getHost')
  show(@Param(validParams(hostParams)) { host }: { host: string }, @Req() request: Request): HostView {
    return this.hosts.show(host, scopeOf(request));
  }

  @Serves('updateHost')
  relabel(
    @Param(validParams(hostParams)) { host }: { host: string },
    @Body(validBody(hostPatch)) patch: HostPatch,
    @Req() request: Request,
  ): Promise<HostView> {
    return this.hosts.relabel(host, patch, scopeOf(request), actorOf(request), this.now());
  }

  @Serves('removeHost')
  async forget(@Param(validParams(hostParams)) { host }: { host: string }, @Req() request: Request): Promise<void> {
    await this.hosts.forget(host, scopeOf(request), actorOf(request), this.now());
  }
}
