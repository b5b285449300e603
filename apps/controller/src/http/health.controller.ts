import { Controller } from '@nestjs/common';
import { ServesAnyone } from '../access/serves.js';
import { Database } from '../database/index.js';

/** For supervisors: `/healthz` says that the process lives, `/readyz` that it can do its work. */
@Controller()
export class HealthController {
  constructor(private readonly database: Database) {}

  @ServesAnyone('healthz', 'healthz')
  healthz(): { status: string } {
    return { status: 'ok' };
  }

  @ServesAnyone('readyz', 'readyz')
  async readyz(): Promise<{ status: string }> {
    await this.database.ping();
    return { status: 'ready' };
  }
}
