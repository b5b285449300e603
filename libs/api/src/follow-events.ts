import { FairleadError, toFairleadError } from '@fairlead/domain';
import { event, type EventQuery, type EventView } from './event.js';
import { ROUTES } from './routes.js';
import { readMessages, SseParser } from './sse.js';
import { type ClientOptions, send, unreachable } from './transport.js';

export interface FollowOptions {
  readonly query?: Partial<EventQuery> | undefined;
  /** Go on after this event. */
  readonly lastEventId?: string | undefined;
  /**
   * How many refusals of the credentials are waited out after a stream was lost; none where it is not said. A
   * controller that starts again may serve before its new token is known.
   */
  readonly refusals?: number | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
  /** Told whenever a stream is open: whatever happens from then on is told of, or `resync` is. */
  readonly onOpened?: (() => void) | undefined;
  /** Told when an open stream was lost, with the time until the next attempt in milliseconds. */
  readonly onLost?: ((error: FairleadError, waitMs: number) => void) | undefined;
  /** Waits; may return early when the signal aborts. Given by tests. */
  readonly sleep?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * The events of the fleet, until `signal` aborts. A stream that is lost is taken up again after the last event that
 * came, or from where it stood when it was opened, however often that fails where trying again can help; where the
 * controller no longer has what follows, a `resync` event says so. An event of a type that this version does not know
 * is passed over.
 * @throws FairleadError where the first attempt fails, and at any time what trying again does not help against (a host
 * that does not exist).
 */
export async function* followEvents(client: ClientOptions, options: FollowOptions = {}): AsyncGenerator<EventView> {
  const { signal, sleep = sleepFor } = options;
  const state = { lastEventId: options.lastEventId, opened: false, refusals: 0, waitMs: FIRST_WAIT_MS };
  while (!signal?.aborted) {
    try {
      yield* readStream(client, options, state);
    } catch (error) {
      if (signal?.aborted) return;
      const fault = toFairleadError(error);
      if (!isOutlasted(fault, options, state)) throw fault;
      options.onLost?.(fault, state.waitMs);
    }
    await sleep(state.waitMs, signal);
    state.waitMs = Math.min(state.waitMs * 2, LONGEST_WAIT_MS);
  }
}

interface StreamState {
  lastEventId: string | undefined;
  opened: boolean;
  /** Since a stream was open last. */
  refusals: number;
  waitMs: number;
}

function isOutlasted({ code, traits }: FairleadError, { refusals = 0 }: FollowOptions, state: StreamState): boolean {
  if (!state.opened) return false;
  if (code !== 'unauthenticated') return traits.retry !== 'never';
  // Somebody answers: what is waited for is a moment only.
  state.waitMs = FIRST_WAIT_MS;
  return ++state.refusals <= refusals;
}

async function* readStream(
  client: ClientOptions,
  options: FollowOptions,
  state: StreamState,
): AsyncGenerator<EventView> {
  const { signal, query } = options;
  const resume = state.lastEventId === undefined ? {} : { 'last-event-id': state.lastEventId };
  const response = await send(client, ROUTES.followEvents, { query, signal }, 'text/event-stream', resume);
  if (!response.body) return;
  state.opened = true;
  state.refusals = 0;
  options.onOpened?.();
  const parser = new SseParser();
  try {
    for await (const message of readMessages(response.body, parser)) {
      state.waitMs = parser.retryMs ?? FIRST_WAIT_MS;
      const view = readEvent(message.data);
      if (view) yield view;
    }
  } catch (cause) {
    throw cause instanceof FairleadError ? cause : unreachable(cause, client.baseUrl, signal);
  } finally {
    // All complete messages have been given by now; a position may have come without one.
    if (parser.position !== '') state.lastEventId = parser.position;
  }
  throw unreachable('the event stream ended', client.baseUrl, signal);
}

function readEvent(data: string): EventView | undefined {
  try {
    const body: unknown = JSON.parse(data);
    return event.safeParse(body).success ? (body as EventView) : undefined;
  } catch {
    return undefined;
  }
}

function sleepFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
}
