import { FairleadError } from '@fairlead/domain';
import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Lets in only what is addressed to this machine by a name of this machine, and what no other web site sent. A page
 * elsewhere can make a browser call 127.0.0.1 (by its own name that resolves there, or from its own origin); without
 * this it could remove networks.
 */
export class LocalOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { host, origin } = context.switchToHttp().getRequest<Request>().headers;
    const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (!LOCAL.has(name)) {
      throw new FairleadError('forbidden', `This controller does not answer to the host name '${name}'`, {
        hint: 'Call it as http://127.0.0.1 or http://localhost.',
      });
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new FairleadError('forbidden', `Requests from the origin '${origin}' are not accepted`);
    }
    return true;
  }
}
