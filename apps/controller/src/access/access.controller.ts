import {
  type ApiTokenListView,
  apiTokenParams,
  type ApiTokenRequest,
  apiTokenRequest,
  type DeviceLoginPoll,
  deviceLoginPoll,
  type DeviceLoginResultView,
  type DeviceLoginView,
  type LoginMethodsView,
  type NewApiTokenView,
  type WhoamiView,
} from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import { Body, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Clock, toTimestampOrNull } from '../clock.js';
import { actorOf } from '../http/commands.responder.js';
import { ACCESS, CLOCK } from '../http/tokens.js';
import { validBody, validParams } from '../http/validated.js';
import { type Access } from './access.js';
import { networkOf } from './attempts.js';
import { Cookies } from './cookies.js';
import { type SignIn } from './oidc/sign-in.js';
import { clientOf, peerOf, principalOf } from './principal.js';
import { refusalOf } from './refusal.js';
import { Serves } from './serves.js';

@Controller()
export class AccessController {
  constructor(
    @Inject(ACCESS) private readonly access: Access,
    private readonly cookies: Cookies,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  @Serves('whoami')
  whoami(@Req() request: Request): WhoamiView {
    const { name, kind, role, hosts, expiresAt } = principalOf(request);
    return { name, kind, role, hosts, expiresAt: toTimestampOrNull(expiresAt) };
  }

  @Serves('createApiToken')
  create(@Body(validBody(apiTokenRequest)) body: ApiTokenRequest, @Req() request: Request): Promise<NewApiTokenView> {
    const making = this.access.tokens.create(body, principalOf(request), actorOf(request));
    return this.noting(request, 'createApiToken', making);
  }

  @Serves('listApiTokens')
  list(): Promise<ApiTokenListView> {
    return this.access.tokens.list();
  }

  @Serves('revokeApiToken')
  revoke(@Param(validParams(apiTokenParams)) { token }: { token: string }, @Req() request: Request): Promise<void> {
    return this.noting(request, 'revokeApiToken', this.access.tokens.revoke(token, actorOf(request)));
  }

  @Serves('getLoginMethods')
  loginMethods(): LoginMethodsView {
    const { signIn } = this.access;
    return { oidc: signIn === null ? null : { issuer: signIn.issuer } };
  }

  @Serves('beginDeviceLogin')
  begin(@Req() request: Request): Promise<DeviceLoginView> {
    const signIn = this.provider();
    this.access.logins.take(networkOf(peerOf(request)));
    return signIn.beginDevice();
  }

  @Serves('pollDeviceLogin')
  poll(
    @Body(validBody(deviceLoginPoll)) { handle }: DeviceLoginPoll,
    @Req() request: Request,
  ): Promise<DeviceLoginResultView> {
    const actor = { name: 'anonymous', client: clientOf(request), peer: peerOf(request) };
    return this.noting(request, 'pollDeviceLogin', this.provider().pollDevice(handle, actor));
  }

  @Serves('logout')
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const principal = principalOf(request);
    if (principal.kind === 'token') {
      throw new FairleadError('invalid_argument', 'An API token has no session that could be ended', {
        hint: `To end it for ever: 'fairlead token rm ${principal.name}'.`,
      });
    }
    await this.access.sessions.end(principal, actorOf(request));
    if (principal.by === 'cookie') this.cookies.clearSession(response);
  }

  private provider(): SignIn {
    if (this.access.signIn !== null) return this.access.signIn;
    throw new FairleadError('unsupported', 'This controller has no identity provider', {
      hint: "Use an API token, or start the controller with --oidc-issuer; see 'fairlead controller --help'.",
    });
  }

  /** What is refused behind the guard is a refusal all the same. */
  private async noting<T>(request: Request, operationId: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const fault = toFairleadError(error);
      if (fault.code === 'forbidden' || fault.code === 'unauthenticated') {
        this.access.refused(refusalOf(request, operationId, fault, this.now()));
      }
      throw error;
    }
  }
}
