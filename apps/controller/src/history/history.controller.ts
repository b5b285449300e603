import {
  type HistoryPageView,
  type HistoryQuery,
  historyQuery,
  type RemovedNetworkDetailView,
  type RemovedNetworkPageView,
  removedNetworkParams,
  type RemovedNetworkQuery,
  removedNetworkQuery,
} from '@fairlead/api';
import { Controller, Param, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { validParams, validQuery } from '../http/validated.js';
import { HistoryService } from './history.service.js';

@Controller()
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Serves('listHistory')
  list(@Query(validQuery(historyQuery)) query: HistoryQuery, @Req() request: Request): Promise<HistoryPageView> {
    return this.history.list(query, scopeOf(request));
  }

  @Serves('listRemovedNetworks')
  listRemoved(
    @Query(validQuery(removedNetworkQuery)) query: RemovedNetworkQuery,
    @Req() request: Request,
  ): Promise<RemovedNetworkPageView> {
    return this.history.listRemoved(query, scopeOf(request));
  }

  @Serves('getRemovedNetwork')
  showRemoved(
    @Param(validParams(removedNetworkParams)) { id }: { id: string },
    @Req() request: Request,
  ): Promise<RemovedNetworkDetailView> {
    return this.history.showRemoved(id, scopeOf(request));
  }
}
