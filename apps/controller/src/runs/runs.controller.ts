import {
  type ApproveRunRequest,
  approveRunRequest,
  type FreezeRequest,
  freezeRequest,
  type FreezeAnswerView,
  type FreezeView,
  policyParams,
  type RunItemPageView,
  runItemQuery,
  type RunItemQuery,
  type RunPageView,
  runParams,
  type RunQuery,
  runQuery,
  type RunView,
  type StartRunRequest,
  startRunRequest,
} from '@fairlead/api';
import { Body, Controller, Param, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Serves } from '../access/serves.js';
import { actorOf } from '../http/commands.responder.js';
import { validBody, validParams, validQuery } from '../http/validated.js';
import { FreezeSwitch } from './freeze-switch.js';
import { toFreezeAnswerView, toFreezeView } from './run.view.js';
import { RunsService } from './runs.service.js';

interface RunParams {
  readonly run: string;
}

@Controller()
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly freeze: FreezeSwitch,
  ) {}

  @Serves('startRun')
  start(
    @Param(validParams(policyParams)) { policy }: { policy: string },
    @Body(validBody(startRunRequest)) body: StartRunRequest,
    @Req() request: Request,
  ): Promise<RunView> {
    return this.runs.start(policy, body, actorOf(request));
  }

  @Serves('listRuns')
  list(@Query(validQuery(runQuery)) query: RunQuery): Promise<RunPageView> {
    return this.runs.list(query);
  }

  @Serves('getRun')
  show(@Param(validParams(runParams)) { run }: RunParams): Promise<RunView> {
    return this.runs.show(run);
  }

  @Serves('listRunItems')
  items(
    @Param(validParams(runParams)) { run }: RunParams,
    @Query(validQuery(runItemQuery)) query: RunItemQuery,
  ): Promise<RunItemPageView> {
    return this.runs.items(run, query);
  }

  @Serves('approveRun')
  approve(
    @Param(validParams(runParams)) { run }: RunParams,
    @Body(validBody(approveRunRequest)) { planHash }: ApproveRunRequest,
    @Req() request: Request,
  ): Promise<RunView> {
    return this.runs.approve(run, planHash, actorOf(request));
  }

  @Serves('cancelRun')
  cancel(@Param(validParams(runParams)) { run }: RunParams, @Req() request: Request): Promise<RunView> {
    return this.runs.cancel(run, actorOf(request));
  }

  @Serves('getFreeze')
  showFreeze(): FreezeView {
    return toFreezeView(this.freeze.current);
  }

  @Serves('setFreeze')
  async setFreeze(
    @Body(validBody(freezeRequest)) { frozen, reason }: FreezeRequest,
    @Req() request: Request,
  ): Promise<FreezeAnswerView> {
    return toFreezeAnswerView(await this.freeze.set(frozen, reason, actorOf(request)));
  }
}
