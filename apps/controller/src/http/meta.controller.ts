import { Controller, Inject } from '@nestjs/common';
import { Serves } from '../access/serves.js';
import { OPENAPI_DOCUMENT } from './tokens.js';

@Controller()
export class MetaController {
  constructor(@Inject(OPENAPI_DOCUMENT) private readonly document: object) {}

  @Serves('getOpenApi')
  openApi(): object {
    return this.document;
  }
}
