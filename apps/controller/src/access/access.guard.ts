import { checkHostName, FairleadError, includesRole, toFairleadError } from '@fairlead/domain';
import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Clock } from '../clock.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { networkOf, type WrongAttempts } from './attempts.js';
import { identificationOf, peerOf, type Principal, principalOf } from './principal.js';
import { type RateLimit } from './rate-limit.js';
import { type NoteRefusal, refusalOf } from './refusal.js';
import { type Policy, POLICY } from './serves.js';

/** What the guard asks. */
export interface AccessDeps {
  readonly hosts: Pick<HostsService, 'find' | 'notFound'>;
  readonly attempts: WrongAttempts;
  readonly requests: RateLimit;
  readonly refused: NoteRefusal;
  readonly now: Clock;
}

/**
 * Lets in whom the policy of a handler lets in, and nobody where it has none. It judges what the router has chosen
 * and decoded, and never a path of its own reading: two readings of one path are how such checks are passed by.
 */
export class AccessGuard implements CanActivate {
  constructor(private readonly deps: AccessDeps) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const policy = Reflect.getMetadata(POLICY, context.getHandler()) as Policy | undefined;
    try {
      this.decide(request, policy);
      return true;
    } catch (thrown) {
      const { refused, now } = this.deps;
      const error = toFairleadError(thrown);
      if (isTry(error, request)) refused(refusalOf(request, policy?.operationId ?? 'unknown', error, now()));
      throw error;
    }
  }

  private decide(request: Request, policy: Policy | undefined): void {
    if (policy === undefined) throw new FairleadError('forbidden', 'Nobody may call this: it declares no policy');
    const { role, hosts } = policy.access;
    const identification = identificationOf(request);
    if (role === 'anyone') return this.deps.requests.take(`address ${networkOf(peerOf(request))}`);
    if (identification.kind === 'refused') this.deps.attempts.note(peerOf(request));
    const principal = principalOf(request);
    this.deps.requests.take(principal.id);
    if (principal.by === 'cookie') checkSender(request);
    if (!includesRole(principal.role, role)) throw tooLittle(principal, role);
    if (hosts === 'all' && !principal.scope.everything) throw bounded(principal);
    if (hosts === 'named') this.checkHost(request, principal);
  }

  /**
   * Before the rest of the request is looked at, so that an answer cannot tell a host out of scope from none. A name
   * that no host can have is left to the handler, which says what is wrong with it.
   */
  private checkHost(request: Request, { scope }: Principal): void {
    const { host: name } = request.params;
    if (typeof name !== 'string' || !canBeHostName(name)) return;
    const host = this.deps.hosts.find(name);
    if (host === undefined || !scope.includes(host)) throw this.deps.hosts.notFound(name, scope);
  }
}

/** Too many requests of a known caller, or a host that nobody has, are no try at anything: they only fill the audit. */
function isTry({ code }: FairleadError, request: Request): boolean {
  const identification = identificationOf(request);
  if (identification.kind !== 'principal') return true;
  return code !== 'overloaded' && !(code === 'host_not_found' && identification.principal.scope.everything);
}

function canBeHostName(name: string): boolean {
  try {
    checkHostName(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Browsers send cookies by themselves, so a change has to come from a page of this controller: its Origin, which the
 * guard of addresses has compared, or the browser's own word.
 */
function checkSender({ method, headers }: Request): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  if (site === undefined ? headers.origin !== undefined : site === 'same-origin') return;
  throw new FairleadError('forbidden', 'A change with a session cookie has to come from a page of this controller', {
    hint: 'Programs send a token: Authorization: Bearer TOKEN.',
  });
}

const tooLittle = ({ name, role }: Principal, needed: string): FairleadError =>
  new FairleadError('forbidden', `'${name}' has the role ${role}; this needs ${needed}`, {
    hint: `Ask an admin for a token of the role ${needed}.`,
  });

const bounded = ({ name, hosts }: Principal): FairleadError =>
  new FairleadError('forbidden', `'${name}' is bounded to the hosts '${hosts}'; this is about the whole fleet`, {
    hint: 'Ask an admin whose token has no selector.',
  });
