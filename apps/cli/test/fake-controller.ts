import {
  type AnswerOf,
  API_PREFIX,
  OPERATION_IDS,
  type OperationId,
  type OperationView,
  PROBLEM_MEDIA_TYPE,
  type Route,
  ROUTES,
  toProblem,
} from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';

/** What the controller was asked. */
export interface Asked {
  readonly id: OperationId;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A problem that carries an operation. */
export class Failed extends Error {
  constructor(
    readonly error: FairleadError,
    readonly operation: OperationView,
  ) {
    super(error.message);
  }
}

/** By operationId, what is answered; a FairleadError becomes a problem, anything else that is thrown a lost answer. */
export type Answers = { readonly [Id in OperationId]?: (asked: Asked) => AnswerOf<Id> };

/**
 * A controller behind `fetch`. It refuses what the contract refuses: paths that are not in the table, and queries and
 * bodies that the schemas do not accept.
 */
export class FakeController {
  readonly asked: Asked[] = [];

  constructor(private readonly answers: Answers) {}

  readonly fetch: typeof fetch = async (input, init) => {
    const asked = read(new URL(input), init ?? {});
    this.asked.push(asked);
    const answer = this.answers[asked.id] as ((asked: Asked) => unknown) | undefined;
    if (!answer) throw new Error(`the test did not expect ${asked.id}`);
    await Promise.resolve();
    try {
      const body = answer(asked);
      return body === undefined ? new Response(null, { status: 204 }) : Response.json(body, { status: success(asked) });
    } catch (error) {
      return problem(error);
    }
  };

  of(id: OperationId): Asked[] {
    return this.asked.filter((one) => one.id === id);
  }
}

function read(url: URL, init: RequestInit): Asked {
  const path = url.pathname.slice(API_PREFIX.length);
  const headers = new Headers(init.headers);
  for (const id of OPERATION_IDS) {
    const route: Route = ROUTES[id];
    const pattern = new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = route.method.toUpperCase() === init.method ? pattern.exec(path) : null;
    if (!match) continue;
    const params = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([key, text]) => [key, decodeURIComponent(text)]),
    );
    const body: unknown = init.body === undefined ? undefined : JSON.parse(init.body as string);
    route.query?.parse(queryObject(url.searchParams));
    route.body?.parse(body);
    return { id, params, query: url.searchParams, headers, body };
  }
  throw new Error(`no route for ${init.method} ${url.href}`);
}

const queryObject = (query: URLSearchParams): Record<string, unknown> =>
  Object.fromEntries(
    [...new Set(query.keys())].map((key) => [key, query.getAll(key).length > 1 ? query.getAll(key) : query.get(key)]),
  );

function success({ id, headers }: Asked): number {
  if (headers.get('prefer') === 'respond-async') return 202;
  return Number(Object.keys(ROUTES[id].responses)[0]);
}

function problem(thrown: unknown): Response {
  const error = thrown instanceof Failed ? thrown.error : thrown;
  if (!(error instanceof FairleadError)) throw thrown;
  const operation = thrown instanceof Failed ? thrown.operation : undefined;
  const view = toProblem(error, { instance: '/api/v1/test', operation });
  return Response.json(view, { status: view.status, headers: { 'content-type': PROBLEM_MEDIA_TYPE } });
}
