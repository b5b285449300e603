import { type EndpointPageView, type EndpointQuery, endpointQuery } from '@fairlead/api';
import { Controller, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { validQuery } from '../http/validated.js';
import { EndpointsService } from './endpoints.service.js';

@Controller()
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Serves('listEndpoints')
  list(@Query(validQuery(endpointQuery)) query: EndpointQuery, @Req() request: Request): Promise<EndpointPageView> {
    return this.endpoints.list(query, scopeOf(request));
  }
}
