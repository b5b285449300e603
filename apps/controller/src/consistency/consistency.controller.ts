import { type ConsistencyView, hostParams } from '@fairlead/api';
import { Controller, Param, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { validParams } from '../http/validated.js';
import { ConsistencyService } from './consistency.service.js';

@Controller()
export class ConsistencyController {
  constructor(private readonly consistency: ConsistencyService) {}

  @Serves('checkHost')
  check(@Param(validParams(hostParams)) { host }: { host: string }, @Req() request: Request): Promise<ConsistencyView> {
    return this.consistency.check(host, scopeOf(request));
  }
}
