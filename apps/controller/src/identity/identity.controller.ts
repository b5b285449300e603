import {
  type HostAddRequest,
  hostAddRequest,
  hostParams,
  type HostView,
  type JoinTokenListView,
  joinTokenParams,
  type JoinTokenRequest,
  joinTokenRequest,
  type NewJoinTokenView,
  type ResolveRequest,
  resolveRequest,
} from '@fairlead/api';
import { Body, Controller, Param, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { HostsService } from '../hosts/hosts.service.js';
import { actorOf } from '../http/commands.responder.js';
import { validBody, validParams } from '../http/validated.js';
import { IdentitiesService } from './identities.service.js';
import { JoinTokensService } from './join-tokens.service.js';
import { ListeningHosts } from './listening-hosts.js';

/** Join tokens, and what befalls the identities of hosts. */
@Controller()
export class IdentityController {
  constructor(
    private readonly tokens: JoinTokensService,
    private readonly listening: ListeningHosts,
    private readonly identities: IdentitiesService,
    private readonly hosts: HostsService,
  ) {}

  @Serves('createJoinToken')
  create(
    @Body(validBody(joinTokenRequest)) body: JoinTokenRequest,
    @Req() request: Request,
  ): Promise<NewJoinTokenView> {
    return this.tokens.create(body, actorOf(request));
  }

  @Serves('listJoinTokens')
  list(): Promise<JoinTokenListView> {
    return this.tokens.list();
  }

  @Serves('revokeJoinToken')
  async revoke(
    @Param(validParams(joinTokenParams)) { token }: { token: string },
    @Req() request: Request,
  ): Promise<void> {
    await this.tokens.revoke(token, actorOf(request));
  }

  @Serves('addHost')
  add(@Body(validBody(hostAddRequest)) body: HostAddRequest, @Req() request: Request): Promise<NewJoinTokenView> {
    return this.listening.add(body, actorOf(request));
  }

  @Serves('revokeHost')
  async revokeHost(
    @Param(validParams(hostParams)) { host }: { host: string },
    @Req() request: Request,
  ): Promise<HostView> {
    const scope = scopeOf(request);
    this.hosts.get(host, scope);
    await this.identities.revoke(host, actorOf(request));
    return this.hosts.show(host, scope);
  }

  @Serves('resolveHost')
  async resolve(
    @Param(validParams(hostParams)) { host }: { host: string },
    @Body(validBody(resolveRequest)) { keep }: ResolveRequest,
    @Req() request: Request,
  ): Promise<HostView> {
    const scope = scopeOf(request);
    this.hosts.get(host, scope);
    await this.identities.resolve(host, keep, actorOf(request));
    return this.hosts.show(host, scope);
  }
}
