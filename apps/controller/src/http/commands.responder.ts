import { createHash } from 'node:crypto';
import { API_PREFIX, commandHeaders, type OperationView } from '@fairlead/api';
import { FairleadError, isErrorCode } from '@fairlead/domain';
import { type Request, type Response } from 'express';
import { type HostScope } from '../access/host-scope.js';
import { clientOf, peerOf, principalOf, scopeOf } from '../access/principal.js';
import { type HostsService } from '../hosts/hosts.service.js';
import { type Command } from '../operations/commands.js';
import { type Actor, type Operation } from '../operations/operation.js';
import { toOperationView } from '../operations/operation.view.js';
import { type OperationsService } from '../operations/operations.service.js';
import { OperationFailed } from './problem.filter.js';
import { Validated } from './validated.js';

const headersOf = new Validated('headers', commandHeaders);

/** In whose name a request is carried out. @throws FairleadError `unauthenticated` */
export const actorOf = (request: Request): Actor => ({
  name: principalOf(request).name,
  client: clientOf(request),
  peer: peerOf(request),
});

/** Submits commands that came by REST and answers with their operation. */
export class CommandsResponder {
  constructor(
    private readonly operations: OperationsService,
    private readonly hosts: HostsService,
  ) {}

  /**
   * Sends the finished operation where it succeeded, or the accepted one where the caller does not wait.
   * @throws OperationFailed when it did not succeed
   */
  async answer(
    request: Request,
    response: Response,
    success: 200 | 201,
    prepare: (scope: HostScope) => Promise<Command>,
  ): Promise<void> {
    const scope = scopeOf(request);
    const sees = this.hosts.sees(scope);
    const headers = headersOf.transform(request.headers);
    const key = headers['idempotency-key'];
    const idempotency = key === undefined ? undefined : { key, requestHash: hashOf(request) };
    const { operation, finished } = await this.operations.submit(() => prepare(scope), actorOf(request), idempotency);
    response.setHeader('Location', `${API_PREFIX}/operations/${operation.id}`);
    if (/\brespond-async\b/.test(headers.prefer ?? '')) {
      response.status(202).json(toOperationView(operation, sees));
      return;
    }
    const ended = await finished;
    if (ended.outcome !== 'succeeded') throw failureOf(ended, toOperationView(ended, sees));
    response.status(success).json(toOperationView(ended, sees));
  }
}

const hashOf = ({ method, originalUrl, body }: Request): string =>
  createHash('sha256')
    .update(`${method} ${originalUrl}\n${JSON.stringify(body)}`)
    .digest('hex');

function failureOf(operation: Operation, view: OperationView): OperationFailed {
  const { code = 'internal', message = 'The operation has no outcome', engineMessage, hint } = operation.error ?? {};
  const details = { engineMessage: engineMessage || undefined, hint: hint || undefined };
  const error = new FairleadError(isErrorCode(code) ? code : 'internal', message, details);
  return new OperationFailed(error, view);
}
