import {
  API_PREFIX,
  carriedNothing,
  type Client,
  type CommandOptions,
  fromProblem,
  type OperationView,
  ProblemError,
  toProblem,
} from '@fairlead/api';
import { type ErrorCode, FairleadError, isErrorCode, toFairleadError } from '@fairlead/domain';
import type { Surroundings } from '../cli.js';
import { mayPass, outOfSight } from './out-of-sight.js';

/** One request that becomes an operation. */
export type Send = (options: CommandOptions) => Promise<OperationView>;

export interface CarryOutOptions {
  readonly deadlineMs: number;
  /**
   * `answer`: the controller's answer comes when the operation has ended. `poll`: ask for it, where the end may be
   * minutes away (Node's fetch gives up after 300 s without an answer).
   */
  readonly wait?: 'answer' | 'poll';
}

/** Attempts to find out what became of a command whose answer was lost, with these waits before them. */
const RECOVERY_WAITS_MS = [250, 500, 1000, 2000, 4000, 8000];
export const POLL_FIRST_MS = 50;
const POLL_LONGEST_MS = 1000;
/** The controller settles what it can after the deadline; longer than this is not waited. */
const GRACE_MS = 30_000;
/** Time for an outcome that is not known to be settled: a host that is there, or comes back at once, takes a second or two. */
const SETTLE_MS = 10_000;

/**
 * Sends a command once and gives the succeeded operation. Where the answer is lost, the same idempotency key asks what
 * became of it: it is never carried out twice. Where the controller does not know the outcome, it is given a moment to
 * settle it.
 * @throws ProblemError with the operation where it did not succeed; FairleadError `outcome_unknown` where it cannot be
 * found out, `controller_unavailable` where nothing was sent.
 */
export async function carryOut(
  around: Surroundings,
  client: Client,
  send: Send,
  options: CarryOutOptions,
): Promise<OperationView> {
  const idempotencyKey = around.newKey();
  const view = await sendOrRecover(around, send, { idempotencyKey, respondAsync: options.wait === 'poll' });
  const finished = await awaitEnd(around, client, view, options.deadlineMs);
  if (finished.outcome !== 'succeeded') throw operationError(finished);
  return finished;
}

async function sendOrRecover(around: Surroundings, send: Send, options: CommandOptions): Promise<OperationView> {
  try {
    return await send(options);
  } catch (error) {
    if (error instanceof ProblemError && error.operation?.outcome === 'unknown') return error.operation;
    if (!answerWasLost(error)) throw error;
  }
  around.terminal.warn('The connection to the controller was lost; asking what became of the command …\n');
  let last: unknown;
  for (const [before, wait] of RECOVERY_WAITS_MS.entries()) {
    await around.sleep(wait);
    try {
      return await send({ ...options, respondAsync: true });
    } catch (error) {
      if (!mayPass(error, before + 1)) throw saysNothing(error) ? lostSight(error) : error;
      last = error;
    }
  }
  throw lostSight(last);
}

const lostSight = (error: unknown): FairleadError => outOfSight('the command', error, 'fairlead operation ls');

/** What a controller may answer before it has looked whether the same command came before. */
const SAYS_NOTHING: ReadonlySet<ErrorCode> = new Set([
  'forbidden',
  'host_not_found',
  'overloaded',
  'storage_failed',
  'internal',
]);

const saysNothing = (error: unknown): boolean => SAYS_NOTHING.has(toFairleadError(error).code);

/** Whether the request may have arrived. */
export const answerWasLost = (error: unknown): boolean =>
  error instanceof FairleadError && error.code === 'controller_unavailable' && !carriedNothing(error);

/** The operation once it has finished, or as it is when its time is long over. A controller may restart meanwhile. */
async function awaitEnd(
  around: Surroundings,
  client: Client,
  accepted: OperationView,
  deadlineMs: number,
): Promise<OperationView> {
  let until = around.now() + deadlineMs + GRACE_MS;
  let isSettling = false;
  let view = accepted;
  let misses = 0;
  for (let wait = POLL_FIRST_MS; isOpen(view) && around.now() < until; wait = longer(wait)) {
    if (view.state === 'finished' && !isSettling) {
      isSettling = true;
      until = Math.min(until, around.now() + SETTLE_MS);
      around.terminal.warn('The outcome is not known; waiting until it is settled …\n');
    }
    await around.sleep(wait);
    try {
      view = await client.getOperation({ params: { operation: view.id } });
      misses = 0;
    } catch (error) {
      if (!mayPass(error, misses++)) throw outOfSight('the command', error, `fairlead operation inspect ${view.id}`);
    }
  }
  return view;
}

const isOpen = ({ state, outcome }: OperationView): boolean => state !== 'finished' || outcome === 'unknown';

/** The wait before the next question. */
export const longer = (wait: number): number => Math.min(wait * 2, POLL_LONGEST_MS);

/** The error of an operation that has not succeeded, carrying it. */
export function operationError(view: OperationView): FairleadError {
  const { code, message, engineMessage, hint } = view.error ?? UNFINISHED;
  const error = new FairleadError(isErrorCode(code) ? code : 'internal', message, { engineMessage, hint });
  return fromProblem(toProblem(error, { instance: `${API_PREFIX}/operations/${view.id}`, operation: view }));
}

const UNFINISHED = {
  code: 'outcome_unknown',
  message: 'The outcome of the operation is not known yet',
  engineMessage: '',
  hint: "It will be settled by looking, and is never repeated: see 'fairlead operation ls'.",
} as const;
