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
  /** The caller's API token, asked for at each request; undefined: none is sent. What it throws, the request throws. */
  readonly token?: (() => string | undefined) | undefined;
  /**
   * Says of a refusal for want of credentials what can be done about it here; what it gives is thrown. The token is the
   * one that was sent, or undefined: by now another one may be at hand.
   */
  readonly onUnauthenticated?: ((error: FairleadError, token: string | undefined) => FairleadError) | undefined;
}

/**
 * Sends one request. Resolves with an answer that is not a problem. Redirects are not followed: credentials are for the
 * address they were given for, and for no other.
 */
export async function send(
  options: ClientOptions,
  route: Route,
  request: LooseRequest,
  accept: string,
  extraHeaders: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { fetch: fetchIt = fetch, baseUrl, headers } = options;
  const url = `${baseUrl.replace(/\/+$/, '')}${API_PREFIX}${addressOf(route, request)}`;
  const token = options.token?.();
  const init: RequestInit = {
    method: route.method.toUpperCase(),
    headers: { accept, ...headers, ...headersOf(request), ...extraHeaders, ...credentials(token) },
    redirect: 'manual',
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    ...(request.signal && { signal: request.signal }),
  };
  const response = await fetchIt(url, init).catch((cause: unknown) => {
    throw unreachable(cause, baseUrl, request.signal);
  });
  if (response.ok) return response;
  if (isRedirect(response)) throw redirected(response, baseUrl);
  const error = asError(await readProblem(response, options, request.signal), response);
  throw error.code === 'unauthenticated' ? (options.onUnauthenticated?.(error, token) ?? error) : error;
}

const credentials = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** Browsers hide everything of a redirect but that it is one. */
const isRedirect = ({ type, status }: Response): boolean =>
  type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304);

function redirected({ headers }: Response, baseUrl: string): FairleadError {
  const where = headers.get('location');
  return new FairleadError(
    'internal',
    `${baseUrl || 'The controller'} sends on to ${where ?? 'another address'}, which is not followed: what is sent is for one address only`,
    { hint: 'If that is where the controller is, name it: --api URL or FAIRLEAD_API_URL.' },
  );
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
  const message = `No controller answers at ${baseUrl}: ${reasonOf(cause)}`;
  return new FairleadError('controller_unavailable', message, { hint: hintOf(codesOf(cause)), cause });
}

function hintOf(codes: readonly string[]): string {
  if (codes.includes(NO_TLS)) return 'What answers there speaks no TLS: is it to be called by http://?';
  if (codes.some(isOfTls)) {
    return 'Is this its https:// address? A certificate of a private authority is trusted with NODE_EXTRA_CA_CERTS=FILE.';
  }
  return "Start one with 'fairlead up', or say where it is with --api URL or FAIRLEAD_API_URL.";
}

/**
 * Whether a request certainly carried nothing: there was no connection, an unknown address, or a certificate that is
 * not trusted. What else went wrong may have gone wrong after it arrived.
 */
export function carriedNothing(error: FairleadError): boolean {
  return (
    error.code === 'controller_unavailable' &&
    codesOf(error.cause).some((code) => NOT_CONNECTED.has(code) || isOfTls(code))
  );
}

/** Node's code for an answer that is not TLS at all. */
const NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Node's codes for a certificate that its own check does not pass, and for no TLS at all. */
const isOfTls = (code: string): boolean =>
  code === NO_TLS ||
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|ERR_TLS_CERT)/.test(code);

/** The codes of an error and of all its causes. */
function codesOf(error: unknown): string[] {
  if (error === undefined || error === null) return [];
  const { code, cause, errors = [] } = Object(error) as { code?: string; cause?: unknown; errors?: unknown[] };
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(cause), ...errors.flatMap(codesOf)];
}

/** `fetch failed` says nothing; what the system said is in the cause, or in the first of its causes. */
function reasonOf(error: unknown): string {
  const { cause, errors, message } = Object(error) as { cause?: unknown; errors?: unknown[]; message?: string };
  const inner = errors?.[0] ?? cause;
  if (inner !== undefined) return reasonOf(inner);
  return OPENSSL.exec(message ?? '')?.[1] ?? message ?? String(error);
}

/** `805C4780F17F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/….c:350:` */
const OPENSSL = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/;

/** A body that says why. A 401 may also come from something before the controller, in a form of its own. */
async function readProblem(response: Response, options: ClientOptions, signal?: AbortSignal): Promise<unknown> {
  if (response.status !== 401) return readJson(response, options, signal);
  return readJson(response, options, signal).catch((error: unknown) => {
    if (error instanceof FairleadError && error.code === 'internal') return undefined;
    throw error;
  });
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
  return read.success ? fromProblem(body as ProblemView) : withoutProblem(response);
}

function withoutProblem(response: Response): FairleadError {
  if (response.status === 401) {
    return new FairleadError('unauthenticated', `${response.url || 'The controller'} asks for credentials`, {
      hint: "Sign in with 'fairlead login', or give a token as FAIRLEAD_TOKEN.",
    });
  }
  return foreign(response, `${response.status} ${response.statusText}`.trim());
}
