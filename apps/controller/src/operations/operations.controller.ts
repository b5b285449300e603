import {
  operationParams,
  type OperationPageView,
  type OperationQuery,
  operationQuery,
  type OperationView,
} from '@fairlead/api';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { HostsService } from '../hosts/hosts.service.js';
import { validParams, validQuery } from '../http/validated.js';
import { toOperationView } from './operation.view.js';
import { OperationsStore } from './operations.store.js';

@Controller('operations')
export class OperationsController {
  constructor(
    private readonly store: OperationsStore,
    private readonly hosts: HostsService,
  ) {}

  @Get()
  async list(@Query(validQuery(operationQuery)) query: OperationQuery): Promise<OperationPageView> {
    for (const name of query.host) this.hosts.get(name);
    const { items, total, nextCursor } = await this.store.page(query);
    return { items: items.map(toOperationView), total, nextCursor };
  }

  @Get(':operation')
  async show(@Param(validParams(operationParams)) { operation }: { operation: string }): Promise<OperationView> {
    return toOperationView(await this.store.get(operation));
  }
}
