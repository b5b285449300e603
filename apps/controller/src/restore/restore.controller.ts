import {
  removedNetworkParams,
  type RestorePlanRequest,
  restorePlanRequest,
  type RestorePlanView,
  type RestoreRequest,
  restoreRequest,
} from '@fairlead/api';
import { Body, Controller, Param, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { CommandsResponder } from '../http/commands.responder.js';
import { validBody, validParams } from '../http/validated.js';
import { CommandFactory } from '../operations/command-factory.js';
import { RestoreService } from './restore.service.js';

interface RemovedParams {
  readonly id: string;
}

@Controller()
export class RestoreController {
  constructor(
    private readonly restores: RestoreService,
    private readonly commands: CommandFactory,
    private readonly responder: CommandsResponder,
  ) {}

  @Serves('planRestore')
  plan(
    @Param(validParams(removedNetworkParams)) { id }: RemovedParams,
    @Body(validBody(restorePlanRequest)) body: RestorePlanRequest,
    @Req() request: Request,
  ): Promise<RestorePlanView> {
    return this.restores.plan(id, body, scopeOf(request));
  }

  @Serves('restoreNetwork')
  restore(
    @Param(validParams(removedNetworkParams)) { id }: RemovedParams,
    @Body(validBody(restoreRequest)) body: RestoreRequest,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.answer(request, response, 201, (scope) => this.commands.restore(id, body, scope));
  }
}
