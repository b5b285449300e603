import { FairleadError } from '@fairlead/domain';
import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type NoteRefusal, refusalOf } from '../access/refusal.js';
import { type Policy, POLICY } from '../access/serves.js';
import { type Clock } from '../clock.js';
import { type Exposure, inUrl, isWildcard, plainAddress } from './exposure.js';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Lets in only what is addressed to this controller by a name of its own, and what no other web site sent. A page
 * elsewhere can make a browser call an address inside (by its own name that resolves there, or from its own origin);
 * without this it could use a session. An address in digits cannot be made to mean another machine, so the one that
 * the connection came in by is always a name of ours.
 */
export class AddressGuard implements CanActivate {
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly exposure: Exposure,
    private readonly refused: NoteRefusal,
    private readonly now: Clock,
  ) {
    const { host, publicUrl } = exposure;
    // All addresses at once are no name of one machine: browsers take 0.0.0.0 for this one, whoever asks.
    const own = isWildcard(host) ? [] : [inUrl(host).toLowerCase()];
    this.names = new Set([...LOCAL, ...own, ...(publicUrl === null ? [] : [publicUrl.hostname])]);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const error = this.fault(request);
    if (error === undefined) return true;
    const policy = Reflect.getMetadata(POLICY, context.getHandler()) as Policy | undefined;
    this.refused(refusalOf(request, policy?.operationId ?? 'unknown', error, this.now()));
    throw error;
  }

  private fault({ headers: { host, origin }, socket }: Request): FairleadError | undefined {
    const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (!this.names.has(name) && name !== inUrl(plainAddress(socket.localAddress ?? ''))) {
      return new FairleadError('forbidden', `This controller does not answer to the host name '${name}'`, {
        hint: `Call it as ${this.calledAs()}; another name is set with --public-url.`,
      });
    }
    if (origin === undefined || this.isOwn(origin, host ?? '')) return undefined;
    return new FairleadError('forbidden', `Requests from the origin '${origin}' are not accepted`);
  }

  private isOwn(origin: string, host: string): boolean {
    const { tls, publicUrl } = this.exposure;
    return origin === `${tls === null ? 'http' : 'https'}://${host}` || origin === publicUrl?.origin;
  }

  private calledAs(): string {
    const { tls, publicUrl, host } = this.exposure;
    return publicUrl?.origin ?? `${tls === null ? 'http' : 'https'}://${inUrl(host)}`;
  }
}
