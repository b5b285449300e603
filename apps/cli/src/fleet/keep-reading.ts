import { type ClientOptions, type EventQuery, followEvents } from '@fairlead/api';
import { type FairleadError, toFairleadError } from '@fairlead/domain';
import type { Surroundings } from '../cli.js';

export interface KeepReading {
  /** Which events say that it is to be read again; `resync` always does. */
  readonly query: Partial<EventQuery>;
  /** Reads, and shows what was read. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** Told why what is shown is not kept up to date at present, once each time; undefined: it is again. */
  readonly notice: (reason: string | undefined) => void;
  /** Called about every second in which nothing is read. */
  readonly tick?: (() => void) | undefined;
}

/** What comes together is read once. */
const GATHER_MS = 200;
/** Between the end of a reading and the next one at least, and no shorter than the reading took. */
const REST_MS = 1000;
/** What time alone changes is read without an event. */
const LONGEST_MS = 60_000;
const TICK_MS = 1000;
/**
 * For `followEvents`: a controller that starts again serves a moment before `fairlead up` has noted whose token it
 * takes. Ten seconds.
 */
export const REFUSALS = 20;

/**
 * Reads something of the fleet, and again whenever events say that it has changed, until Ctrl-C. The stream is open
 * before the first reading, so that nothing falls between. A controller that goes away is waited for.
 * Invariants: one reading at a time; none while the stream is not open.
 * @throws what opening the stream for the first time throws, and at any time what trying again does not help against.
 */
export async function keepReading(around: Surroundings, client: ClientOptions, options: KeepReading): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([around.interrupted(), over.signal]);
  const state = new State(options.notice);
  const following = follow(around, client, options.query, { state, signal }).catch((error: unknown) => {
    over.abort();
    throw error;
  });
  try {
    await Promise.race([following, readOnAndOn(around, options, { state, signal })]);
  } finally {
    over.abort();
    await following.catch(() => undefined);
  }
}

interface Shared {
  readonly state: State;
  readonly signal: AbortSignal;
}

/** What the stream has told since the last reading. */
class State {
  changed = false;
  private open = false;
  private reason: string | undefined;
  private waking = new AbortController();

  constructor(private readonly notice: KeepReading['notice']) {}

  get due(): boolean {
    return this.open && this.changed;
  }

  /** Aborts at the next thing that is told. */
  nextNews(): AbortSignal {
    this.waking = new AbortController();
    return this.waking.signal;
  }

  tell(): void {
    this.changed = true;
    this.waking.abort();
  }

  opened(): void {
    this.open = true;
    this.tell();
  }

  lost(error: FairleadError): void {
    this.open = false;
    this.failed(error);
  }

  failed({ message }: FairleadError): void {
    this.changed = true;
    if (this.reason === undefined) this.notice(message);
    this.reason = message;
  }

  /** A reading came through. While the stream is lost, what was read is not kept up to date. */
  succeeded(): void {
    if (!this.open) return;
    if (this.reason !== undefined) this.notice(undefined);
    this.reason = undefined;
  }
}

async function follow(
  { sleep }: Surroundings,
  client: ClientOptions,
  query: Partial<EventQuery>,
  { state, signal }: Shared,
): Promise<void> {
  const onOpened = (): void => state.opened();
  const onLost = (error: FairleadError): void => state.lost(error);
  const events = followEvents(client, { query, refusals: REFUSALS, signal, sleep, onOpened, onLost });
  while (!(await events.next()).done) state.tell();
}

async function readOnAndOn({ sleep, now }: Surroundings, options: KeepReading, { state, signal }: Shared) {
  let rested = -Infinity;
  let dueAt = Infinity;
  while (!signal.aborted) {
    if (!state.due) await sleep(TICK_MS, AbortSignal.any([signal, state.nextNews()]));
    if (now() >= dueAt) state.changed = true;
    if (signal.aborted) return;
    if (!state.due) {
      options.tick?.();
      continue;
    }
    if (dueAt < Infinity) await sleep(Math.max(GATHER_MS, rested - now()), signal);
    if (signal.aborted) return;
    const began = now();
    await readOnce(options, { state, signal });
    rested = now() + Math.max(REST_MS, now() - began);
    dueAt = now() + LONGEST_MS;
  }
}

async function readOnce({ read }: KeepReading, { state, signal }: Shared): Promise<void> {
  state.changed = false;
  try {
    await read(signal);
    state.succeeded();
  } catch (error) {
    if (signal.aborted) return;
    const fault = toFairleadError(error);
    if (fault.traits.retry === 'never') throw fault;
    state.failed(fault);
  }
}
