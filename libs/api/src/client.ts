import type { AnswerOf, LooseRequest, RequestOf } from './request.js';
import { type Answer, OPERATION_IDS, type OperationId, type Route, ROUTES } from './routes.js';
import { type ClientOptions, foreign, readJson, send } from './transport.js';

/** One method for each route but the event stream, which `followEvents` reads. */
export type Client = {
  readonly [Id in Exclude<OperationId, 'followEvents'>]: Record<string, never> extends RequestOf<Id>
    ? (request?: RequestOf<Id>) => Promise<AnswerOf<Id>>
    : (request: RequestOf<Id>) => Promise<AnswerOf<Id>>;
};

/**
 * A client with one typed method for each operationId of the table.
 *
 * Methods throw ProblemError for problem answers, FairleadError `controller_unavailable` where no answer came (a
 * command may have been carried out: repeat it with the same idempotency key), `internal` for an answer that is not
 * Fairlead's, and the signal's reason when aborted.
 */
export function createClient(options: ClientOptions): Client {
  const methods = OPERATION_IDS.filter((id) => id !== 'followEvents').map((id) => [
    id,
    (request: LooseRequest = {}) => call(options, ROUTES[id], request),
  ]);
  return Object.fromEntries(methods) as Client;
}

async function call(options: ClientOptions, route: Route, request: LooseRequest): Promise<unknown> {
  const response = await send(options, route, request, 'application/json');
  if (response.status === 204) return undefined;
  const body = await readJson(response, options, request.signal);
  return check(body, route.responses[response.status], response);
}

/** The answer as it came, unknown fields of newer controllers included, once its schema has accepted it. */
function check(body: unknown, answer: Answer | undefined, response: Response): unknown {
  const read = answer?.schema?.safeParse(body);
  if (read?.success) return body;
  const where = read?.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 3);
  throw foreign(response, where?.join('; ') ?? `status ${response.status}`);
}

export type { AnswerOf, CommandOptions, RequestOf } from './request.js';
export { carriedNothing } from './transport.js';
export type { ClientOptions } from './transport.js';
