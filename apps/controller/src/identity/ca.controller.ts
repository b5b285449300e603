import { type CaStepRequest, caStepRequest, type CaView } from '@fairlead/api';
import { Body, Controller, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Serves } from '../access/serves.js';
import { actorOf } from '../http/commands.responder.js';
import { validBody } from '../http/validated.js';
import { Rotation } from './rotation.js';

const step = validBody(caStepRequest);

/** The certificate authority of the cluster, and the rotation of its root. */
@Controller()
export class CaController {
  constructor(private readonly rotation: Rotation) {}

  @Serves('getCa')
  show(): CaView {
    return this.rotation.view();
  }

  @Serves('prepareRoot')
  prepare(@Body(step) { force }: CaStepRequest, @Req() request: Request): Promise<CaView> {
    return this.rotation.take('prepare', force, actorOf(request));
  }

  @Serves('activateRoot')
  activate(@Body(step) { force }: CaStepRequest, @Req() request: Request): Promise<CaView> {
    return this.rotation.take('activate', force, actorOf(request));
  }

  @Serves('retireRoot')
  retire(@Body(step) { force }: CaStepRequest, @Req() request: Request): Promise<CaView> {
    return this.rotation.take('retire', force, actorOf(request));
  }
}
