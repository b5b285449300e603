import { FairleadError } from '@fairlead/domain';
import { z } from 'zod';
import { fromProblem, problem, type ProblemView } from './problem.js';
import { addressOf, type LooseRequest } from './request.js';
import { API_PREFIX, type Route } from './routes.js';

export interface ClientOptions {
  /** Where the controller is, without the prefix: `http://127.0.0.1:7800`. Empty: same origin (browsers). */
  readonly baseUrl: string;
  readonly fetch?: typeof fetch | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Sends one request. Resolves with an answer that is not a problem. */
export async function send(
  options: ClientOptions,
  route: Route,
  request: LooseRequest,
  accept: string,
  extraHeaders: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { fetch: fetchIt = fetch, baseUrl, headers } = options;
  const url = `${baseUrl.replace(/\/+$/, '')}${API_PREFIX}${addressOf(route, request)}`;
  const init: RequestInit = {
    method: route.method.toUpperCase(),
    headers: { accept, ...headers, ...headersOf(request), ...extraHeaders },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    ...(request.signal && { signal: request.signal }),
  };
  const response = await fetchIt(url, init).catch((cause: unknown) => {
    throw unreachable(cause, baseUrl, request.signal);
  });
  if (response.ok) return response;
  throw asError(await readJson(response, options, request.signal), response);
}

function headersOf({ body, idempotencyKey, respondAsync }: LooseRequest): Record<string, string> {
  return {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    ...(respondAsync && { prefer: 'respond-async' }),
  };
}

/** The abort itself where the caller aborted; else that nobody answered, and how to have somebody answer. */
export function unreachable(cause: unknown, baseUrl: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new FairleadError('controller_unavailable', `No controller answers at ${baseUrl}: ${reasonOf(cause)}`, {
    hint: "Start one with 'fairlead up', or say where it is with --api URL or FAIRLEAD_API_URL.",
    cause,
  });
}

/** `fetch failed` says nothing; what the system said is in the cause, or in the first of its causes. */
function reasonOf(error: unknown): string {
  const { cause, errors, message } = Object(error) as { cause?: unknown; errors?: unknown[]; message?: string };
  const inner = errors?.[0] ?? cause;
  return inner === undefined ? (message ?? String(error)) : reasonOf(inner);
}

export async function readJson(response: Response, options: ClientOptions, signal?: AbortSignal): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(cause, options.baseUrl, signal);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw foreign(response, `${response.status} ${response.statusText}`.trim(), cause);
  }
}

/** Not a controller, or one of another version. */
export function foreign(response: Response, what: string, cause?: unknown): FairleadError {
  return new FairleadError('internal', `The answer of ${response.url || 'the controller'} is not Fairlead's: ${what}`, {
    hint: 'Is this the address of a Fairlead controller, and of the same version as this program?',
    cause,
  });
}

/** Newer controllers may have codes that this version does not know; their words count all the same. */
const anyProblem = problem.extend({ code: z.string() });

function asError(body: unknown, response: Response): FairleadError {
  const read = anyProblem.safeParse(body);
  if (read.success) return fromProblem(body as ProblemView);
  return foreign(response, `${response.status} ${response.statusText}`.trim());
}
