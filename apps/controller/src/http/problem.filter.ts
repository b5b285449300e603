import { type OperationView, PROBLEM_MEDIA_TYPE, toProblem } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { TooMany } from '../access/attempts.js';
import { AmbiguousNetwork } from '../networks/networks.store.js';

/** An operation that did not succeed, on its way to becoming a problem that carries it. */
export class OperationFailed extends FairleadError {
  constructor(
    error: FairleadError,
    readonly operation: OperationView,
  ) {
    super(error.code, error.message, error);
  }
}

/** Every error of the REST interface leaves as a problem (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: (message: string, details?: object) => void) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    this.answer(thrown, host.switchToHttp().getRequest<Request>(), host.switchToHttp().getResponse<Response>());
  }

  answer(thrown: unknown, request: Request, response: Response): void {
    const error = fromHttp(thrown, request);
    if (error.code === 'internal') {
      const cause = thrown instanceof Error ? thrown.stack : String(thrown);
      this.log('a request failed', { method: request.method, path: request.path, cause });
    }
    const operation = error instanceof OperationFailed ? error.operation : undefined;
    if (response.headersSent) return void response.end();
    const candidates = error instanceof AmbiguousNetwork ? error.candidates : undefined;
    const instance = request.originalUrl.split('?')[0] ?? '';
    const problem = toProblem(error, { instance, operation, candidates });
    if (error instanceof TooMany) response.setHeader('Retry-After', error.retryAfterSeconds);
    if (error.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="fairlead"');
    if (operation) response.setHeader('Location', `/api/v1/operations/${operation.id}`);
    response.status(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
  }
}

/** What Nest and Express throw before a handler of ours runs. */
function fromHttp(thrown: unknown, request: Request): FairleadError {
  const status = thrown instanceof HttpException ? thrown.getStatus() : readStatus(thrown);
  if (status === undefined) return toFairleadError(thrown);
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (status === 404) {
    return new FairleadError('not_found', `There is nothing at ${request.method} ${request.originalUrl}`, {
      hint: 'See /api/v1/openapi.json for what there is.',
    });
  }
  if (status === 413)
    return new FairleadError('too_large', 'The body is larger than 1 MiB, or 16 KiB of a caller without credentials');
  if (status < 500) return new FairleadError('invalid_argument', `The request cannot be read: ${words}`);
  return toFairleadError(thrown);
}

/** body-parser throws errors with a `status`. */
function readStatus(thrown: unknown): number | undefined {
  const status: unknown = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  return typeof status === 'number' ? status : undefined;
}
