import {
  type OverlayDetailView,
  type OverlayPageView,
  overlayParams,
  type OverlayQuery,
  overlayQuery,
} from '@fairlead/api';
import { Controller, Param, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { validParams, validQuery } from '../http/validated.js';
import { OverlaysService } from './overlays.service.js';

@Controller()
export class OverlaysController {
  constructor(private readonly overlays: OverlaysService) {}

  @Serves('listOverlays')
  list(@Query(validQuery(overlayQuery)) query: OverlayQuery, @Req() request: Request): Promise<OverlayPageView> {
    return this.overlays.list(query, scopeOf(request));
  }

  @Serves('getOverlay')
  show(
    @Param(validParams(overlayParams)) { network }: { readonly network: string },
    @Req() request: Request,
  ): Promise<OverlayDetailView> {
    return this.overlays.show(network, scopeOf(request));
  }
}
