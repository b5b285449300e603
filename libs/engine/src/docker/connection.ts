import type { IncomingMessage } from 'node:http';
import { FairleadError } from '@fairlead/domain';
import Docker from 'dockerode';
import type { EngineAddress } from './address.js';
import { requireAllowed } from './calls.js';
import { type EngineCall, isReset, proxyRefusal, refusal, TimedOut, unavailable, wordsOf } from './errors.js';

/** How long each kind of call may take, in milliseconds. A frozen engine accepts connections and never answers. */
export interface Timeouts {
  readonly ping: number;
  readonly read: number;
  /** Creates and deletes write firewall rules: seconds at 1,000 networks, more while the engine is busy. */
  readonly write: number;
}

export interface EngineRequest {
  /** Which call this is and what it is about, for the words and the code of an error. */
  readonly call: EngineCall;
  readonly subject: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parts from outside have passed `pathSegment`. The whole is one of `ALLOWED_CALLS`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly timeoutMs?: number;
  /** Of a stream: its headers may be as late as its content. */
  readonly waits?: boolean;
}

/** The part of dockerode that is used here; dockerode's own types leave it `any`. */
interface Modem {
  dial(options: object, callback: (error: Error | null, response: IncomingMessage) => void): void;
}

/** Every status is an answer to be read here: docker-modem would make a text of it and lose its form. */
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));

/**
 * One engine, over dockerode's transport.
 *
 * dockerode's methods are passed over for `modem.dial`, because `inspect` takes no abort signal, `create` repeats its
 * fields in the query, and a connection that breaks in the middle of an answer never calls back (docker-modem 5.0.7).
 *
 * Invariants: every request has a deadline or an abort signal; every answer is read to its end or destroyed, so no
 * socket is held; `close()` ends all that is open; only reads are ever sent twice; `dial` is the one place from where
 * anything leaves, and it lets through only what is one of `ALLOWED_CALLS`.
 */
export class Connection {
  private readonly modem: Modem;
  private readonly basePath: string;
  private readonly open = new Set<AbortController>();
  private server = '';

  constructor(
    readonly url: string,
    address: EngineAddress,
    readonly timeouts: Timeouts,
  ) {
    this.basePath = 'socketPath' in address ? '' : address.basePath;
    this.modem = createModem(address);
  }

  /** The answer's JSON. Reads are sent again once when an idle connection turns out to be closed. */
  async json(request: EngineRequest): Promise<unknown> {
    const text = await this.text(request);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw refusal(request.call, request.subject, 500, `not JSON: ${text.slice(0, 200)}`, cause);
    }
  }

  /** The answer's body, after its status is found to be a success. */
  async text(request: EngineRequest): Promise<string> {
    try {
      return await this.exchange(request);
    } catch (error) {
      // Docker 20.10 closes connections that were idle for 300 s; the request may meet the reset.
      if (request.method === 'GET' && isReset(error)) return this.exchange(request).catch(this.rethrow(request));
      return this.rethrow(request)(error);
    }
  }

  /**
   * The answer as a stream, once its headers are there and say success. The caller reads it to its end.
   * `signal` ends it at any time.
   */
  async stream(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { controller, done } = this.begin();
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const finish = (): void => {
      signal.removeEventListener('abort', abort);
      done();
    };
    if (signal.aborted) abort();
    const giveUp = (): void => controller.abort(new TimedOut(this.timeouts.read));
    const timer = request.waits === true ? undefined : setTimeout(giveUp, this.timeouts.read);
    try {
      const response = await this.dial(request, controller.signal);
      response.once('close', finish);
      if (!isSuccess(response)) throw await this.refused(request, response);
      return response;
    } catch (error) {
      finish();
      return this.rethrow(request)(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the engine has called itself in its last answer, as `Docker/20.10.24 (linux)`; proxies may say another thing. */
  get lastServer(): string {
    return this.server;
  }

  close(): void {
    for (const controller of this.open) controller.abort(new Error('the connection was closed'));
  }

  private async exchange(request: EngineRequest): Promise<string> {
    const { controller, done } = this.begin();
    const limit = request.timeoutMs ?? (request.method === 'GET' ? this.timeouts.read : this.timeouts.write);
    const timer = setTimeout(() => controller.abort(new TimedOut(limit)), limit);
    try {
      const response = await this.dial(request, controller.signal);
      this.server = String(response.headers.server ?? '');
      if (!isSuccess(response)) throw await this.refused(request, response);
      return await readAll(response);
    } catch (error) {
      // Once the answer has begun, an abort shows as a reset of the socket.
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timer);
      done();
    }
  }

  /** @throws FairleadError `internal` for what is not in the closed set of calls; then nothing is sent */
  private dial(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      requireAllowed(request);
      if (signal.aborted) return reject(signal.reason as Error);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const options = {
        method: request.method,
        path: this.basePath + request.path + (request.query ? '?' : ''),
        options: { ...(request.query && { _query: request.query }), ...(request.body && { _body: request.body }) },
        statusCodes: ANY_STATUS,
        isStream: true,
        abortSignal: signal,
      };
      this.modem.dial(options, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  private async refused(request: EngineRequest, response: IncomingMessage): Promise<Error> {
    const { call, subject, method } = request;
    const status = response.statusCode ?? 500;
    const answer = wordsIn(await readAll(response));
    if (answer.byEngine) return refusal(call, subject, status, answer.text);
    const at = { url: this.url, wasRead: method === 'GET' };
    return proxyRefusal(call, subject, at, status, answer.text) ?? refusal(call, subject, status, answer.text);
  }

  private rethrow({ call, subject, method }: EngineRequest): (error: unknown) => never {
    return (error) => {
      throw unavailable(call, subject, { url: this.url, wasRead: method === 'GET' }, error);
    };
  }

  private begin(): { controller: AbortController; done: () => void } {
    const controller = new AbortController();
    this.open.add(controller);
    return { controller, done: () => void this.open.delete(controller) };
  }
}

/**
 * Everything that docker-modem would otherwise take from DOCKER_HOST and its like is set, so that the engine that was
 * chosen is the one spoken to. Never pass `agent`: docker-modem inspects it with all its sockets at every request,
 * which leaves 32 requests/s of 2,500 (engine-facts: measured with docker-modem 5.0.7).
 */
function createModem(address: EngineAddress): Modem {
  const chosen = 'socketPath' in address ? { ...address, protocol: 'http' } : { ...address, socketPath: undefined };
  const unset = { host: undefined, port: undefined, username: undefined, timeout: undefined };
  const noTls = { ca: undefined, cert: undefined, key: undefined, pathPrefix: '/' };
  try {
    return new Docker({ ...unset, ...noTls, ...chosen } as Docker.DockerOptions).modem as Modem;
  } catch (cause) {
    // docker-modem reads these two all the same, and fails where they are wrong.
    throw new FairleadError('invalid_argument', `DOCKER_HOST or DOCKER_CERT_PATH is wrong: ${wordsOf(cause)}`, {
      hint: 'Correct or unset them, although another engine is chosen.',
      cause,
    });
  }
}

const isSuccess = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Docker answers `{"message"}`, Podman `{"cause","message","response"}`; what stands in front of them plain text, or a
 * page, of which the text is taken.
 */
function wordsIn(body: string): { readonly text: string; readonly byEngine: boolean } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) {
      return { text: String(parsed.message).trim(), byEngine: true };
    }
  } catch {
    // Not an engine's answer.
  }
  const text = body.trimStart().startsWith('<') ? body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') : body;
  return { text: text.trim(), byEngine: false };
}
