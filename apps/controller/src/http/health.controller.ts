import { Controller, Get } from '@nestjs/common';
import { Database } from '../database/index.js';

/** For supervisors: `/healthz` says that the process lives, `/readyz` that it can do its work. */
@Controller()
export class HealthController {
  constructor(private readonly database: Database) {}

  @Get('healthz')
  healthz(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async readyz(): Promise<{ status: string }> {
    await this.database.ping();
    return { status: 'ready' };
  }
}
