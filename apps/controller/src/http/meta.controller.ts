import { Controller, Get, Inject } from '@nestjs/common';
import { OPENAPI_DOCUMENT } from './tokens.js';

@Controller()
export class MetaController {
  constructor(@Inject(OPENAPI_DOCUMENT) private readonly document: object) {}

  @Get('openapi.json')
  openApi(): object {
    return this.document;
  }
}
