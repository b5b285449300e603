import {
  operationParams,
  type OperationPageView,
  type OperationQuery,
  operationQuery,
  type OperationView,
} from '@fairlead/api';
import { Controller, Param, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { HostsService } from '../hosts/hosts.service.js';
import { validParams, validQuery } from '../http/validated.js';
import { toOperationView } from './operation.view.js';
import { OperationsStore } from './operations.store.js';

@Controller()
export class OperationsController {
  constructor(
    private readonly store: OperationsStore,
    private readonly hosts: HostsService,
  ) {}

  @Serves('listOperations')
  async list(
    @Query(validQuery(operationQuery)) query: OperationQuery,
    @Req() request: Request,
  ): Promise<OperationPageView> {
    const scope = scopeOf(request);
    for (const name of query.host) this.hosts.get(name, scope);
    const { items, total, nextCursor } = await this.store.page(query, this.hosts.bounds(scope));
    const sees = this.hosts.sees(scope);
    return { items: items.map((each) => toOperationView(each, sees)), total, nextCursor };
  }

  @Serves('getOperation')
  async show(
    @Param(validParams(operationParams)) { operation }: { operation: string },
    @Req() request: Request,
  ): Promise<OperationView> {
    const scope = scopeOf(request);
    return toOperationView(await this.store.get(operation, this.hosts.bounds(scope)), this.hosts.sees(scope));
  }
}
